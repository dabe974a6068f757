"""The commands `observe`, `fire-drill` and `drift`."""
