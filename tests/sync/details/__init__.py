"""One torrent, followed closely."""
