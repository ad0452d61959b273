"""The files inside a torrent: tree, table, renames."""
