"""One room of the window."""
