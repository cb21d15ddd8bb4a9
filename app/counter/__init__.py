"""The counter 查询大厅: what somebody of the public may see of themselves."""
