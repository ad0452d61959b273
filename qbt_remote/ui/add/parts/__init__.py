"""What the add dialog consists of."""
