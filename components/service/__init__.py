"""A web service and the load balancer in front of it."""
