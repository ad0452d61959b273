"""What can be done with torrents."""
