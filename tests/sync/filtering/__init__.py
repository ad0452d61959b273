"""Which torrents are listed, and how many there are of each kind."""
