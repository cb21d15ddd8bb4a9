"""Whole years sealed 年度封存: a package that needs no program to read, proves itself, and passes four checks 四性检测."""
