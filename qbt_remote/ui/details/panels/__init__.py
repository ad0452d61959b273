"""The panels below the list, each with what its commands do."""
