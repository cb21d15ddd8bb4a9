"""Lending 借阅: who has a volume, since when, until when."""
