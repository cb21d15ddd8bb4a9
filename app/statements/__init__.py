"""The special account's statements 银行对账单: read by a profile, proved, matched with the books, reconciled."""
