"""The panels below the list: one module for each tab of the details."""
