"""IAM policies of those who deploy a stack, preview it and run in it, out of its plan."""
