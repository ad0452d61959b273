"""The window, the table of all commands, the status bar."""
