"""When a server is asked for what, and what is known of single torrents before the next poll."""
