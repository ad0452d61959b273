"""From the command line to the first paint, and to the end."""
