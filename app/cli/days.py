"""Days on the command line."""

import argparse
from datetime import date


def day(text: str) -> date:
    """A day as YYYY-MM-DD; for argparse's `type`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"日期“{text}”不是 YYYY-MM-DD") from None
