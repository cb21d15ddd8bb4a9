"""Each kind of file a stick may hold: how its bytes become rows. Runs in the reading process only."""
