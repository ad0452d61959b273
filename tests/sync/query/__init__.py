"""The language of the filter box."""
