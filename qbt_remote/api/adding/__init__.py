"""From bytes and links to what is asked of a server: items, metainfo, options, merging."""
