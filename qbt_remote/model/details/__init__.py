"""What the panels of the details show: the columns of their lists, the facts of the tab "General"."""
