"""Backups 备份: the whole office in one file, proved readable before it is called a backup."""
