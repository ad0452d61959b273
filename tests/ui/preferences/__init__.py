"""The settings of a server, and our own."""
