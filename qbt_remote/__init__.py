"""qbt-remote: the native desktop client for remote qBittorrent servers."""

__version__ = "0.1.0"
