"""The process in which files are read: our side, its side, and what passes between them."""
