"""The private server to play with."""
