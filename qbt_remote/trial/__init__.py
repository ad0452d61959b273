"""A private server to play with."""
