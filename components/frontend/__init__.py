"""What browsers load: front ends at a vendor that builds and serves them."""
