"""What the details show, as items."""
