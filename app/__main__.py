"""`python -m app COMMAND …`: the headless commands."""

import sys

from app.cli import main

sys.exit(main())
