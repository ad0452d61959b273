"""A folder of a server: path line, path edit, picker, known places."""
