"""Intake 导入: workbooks are opened, their rows staged and checked, what is wrong is collected as findings."""
