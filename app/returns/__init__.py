"""Bank returns 回盘: what the bank answered, matched to what was sent; bounces and recoveries."""
