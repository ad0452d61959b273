"""Categories and tags, of torrents and of servers."""
