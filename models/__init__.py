"""What the program is about: the rules (domain), the tables and the store."""
