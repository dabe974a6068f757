"""Taking what runs already into a stack."""
