"""The rules of the trade: pure functions that return or refuse, and read no clock and no file."""
