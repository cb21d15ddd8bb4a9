"""What the program does: rooms along one corridor, each with doors (use cases) and windows (queries)."""
