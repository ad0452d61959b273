"""The files inside a torrent."""
