"""Workbooks: reading what offices send, finding its columns, writing what they get. No other room knows how."""
