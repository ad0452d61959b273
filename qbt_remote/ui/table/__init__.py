"""A table of rows for 100,000: view, header, painter, delegates."""
