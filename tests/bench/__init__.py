"""Benchmarks: `make bench`. Each figure is a ratio to a named floor measured in the same run; never a timed test."""
