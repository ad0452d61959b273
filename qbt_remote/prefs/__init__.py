"""The schema of settings, and the draft of what a person changes; no Qt, no HTTP."""
