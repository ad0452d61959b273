"""One torrent below the list: what is polled, the panels and their commands."""
