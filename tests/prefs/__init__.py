"""The schema of the settings, and its records."""
