"""From something given to what the server has of it."""
