"""The monthly return 月报: its figures, its workbook, and where it is on its way upward."""
