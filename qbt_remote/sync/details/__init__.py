"""One torrent, followed closely: what the panels below the list show."""
