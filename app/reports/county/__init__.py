"""The county's own workbook 上级表样: kept as received, its tags checked, filled with a month's or a batch's figures."""
