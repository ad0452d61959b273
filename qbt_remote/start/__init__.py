"""From the command line to the first paint, and to the end; imported by nobody but ``__main__``."""
