"""Which torrents are listed: sidebar, filter box, saved views, feed, why the list is empty."""
