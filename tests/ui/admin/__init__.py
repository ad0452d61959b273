"""What is done to one server."""
