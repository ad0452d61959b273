"""What windows are built of."""
