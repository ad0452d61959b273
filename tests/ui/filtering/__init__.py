"""Which torrents are listed."""
