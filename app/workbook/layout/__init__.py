"""What stands where on a sheet: headings, columns by name and by content, members across, kinds of rows."""
