"""What lies on this computer: settings, secrets, log, folders; no Qt, no HTTP."""
