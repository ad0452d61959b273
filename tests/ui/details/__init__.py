"""One torrent below the list."""
