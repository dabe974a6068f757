"""What everything at Fly.io is made of: Machines, their size, their secrets."""
