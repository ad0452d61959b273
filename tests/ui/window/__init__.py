"""The window, and the table of all commands."""
