"""The files inside a torrent, as a tree: nodes, columns, moves and names."""
