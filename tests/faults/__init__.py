"""Sixty faults of a link, a server, this computer: each a test by its number."""
