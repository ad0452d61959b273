"""How a command is carried out, shown beforehand, and fails."""
