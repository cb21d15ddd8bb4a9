"""The tab 上级表样."""
