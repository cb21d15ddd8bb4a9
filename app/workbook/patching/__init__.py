"""An .xlsx changed in place, part by part: what is not touched stays byte for byte as it was."""
