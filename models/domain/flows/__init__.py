"""State machines: tables of roads (state, step) → state. Screens ask the same tables which buttons to enable."""
