"""From what a person wants added to what became of it: the durable queue, and links that servers fetch."""
