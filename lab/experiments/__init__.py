"""What the lab shows, one experiment a module."""
