"""From something given to its stated result."""
