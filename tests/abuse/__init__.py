"""Thirty-nine abuses by a server, a torrent, a web page, another program: each a test by its number."""
