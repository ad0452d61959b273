"""The Web API of qBittorrent 4.1 to 5.3, spoken in the newest dialect."""
