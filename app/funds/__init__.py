"""Allotments 资金指标, receipts 到账, and what else moves the special account."""
