"""What windows are built of; knows no torrent, no session, no settings."""
