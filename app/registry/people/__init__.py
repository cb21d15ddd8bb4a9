"""The people file 户籍底册: what it says, sheet by sheet and row by row, and how that becomes people of households."""
