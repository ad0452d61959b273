"""A qBittorrent that is a program of ours: any release, any number of torrents, any fault."""
