"""A folder of a server."""
