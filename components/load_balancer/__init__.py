"""The public load balancer that the web services of a stack share."""
