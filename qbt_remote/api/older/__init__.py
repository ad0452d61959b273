"""What older servers do by other calls, and answer in other words."""
