"""The books 账簿: vouchers, trial balance, and the books by allotment, batch, bank account and program."""
