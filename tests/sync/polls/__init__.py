"""Polls, and what is read of single torrents between them."""
