"""How it looks: the only floor that knows Qt."""
