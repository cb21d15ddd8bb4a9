"""Pictures of the program for the README and for looking at."""
