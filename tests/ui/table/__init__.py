"""A table of rows for 100,000."""
