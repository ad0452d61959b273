"""What a command is, what it acts on, what it may use, how many torrents are changed."""
