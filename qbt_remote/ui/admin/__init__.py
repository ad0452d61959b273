"""What is done to one server: log, statistics, limits, information, key, cookies, its end."""
