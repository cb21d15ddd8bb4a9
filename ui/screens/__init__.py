"""Screens, one package a room."""
