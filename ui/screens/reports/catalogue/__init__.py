"""报表目录: choose a report, say for when and whom, see it, take it away."""
