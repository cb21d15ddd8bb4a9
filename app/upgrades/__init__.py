"""Upgrades 升级: a signed package on a stick is proved, the office is backed up, the program's files change, and can change back."""
