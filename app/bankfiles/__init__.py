"""Bank files 报盘: a batch's payments in a bank's own layout."""
