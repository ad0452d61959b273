"""The files inside a torrent, as items."""
