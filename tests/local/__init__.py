"""What lies on this computer: settings, secrets, the log, the path maps."""
