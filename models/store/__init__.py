"""Where an office's data live: keys, database, files, and the one way to write."""
