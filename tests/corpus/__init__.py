"""Small crafted files, made by code, each with the outcome it must have."""
