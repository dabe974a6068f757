"""Services at Fly.io: an app of its own for each, and its Machines."""
