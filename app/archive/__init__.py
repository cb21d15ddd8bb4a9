"""The dossiers 案卷 of finished batches, and proof that every file kept is what was received."""
