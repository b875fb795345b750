"""Runs the workbench with a clock that starts at the instant given as the first argument."""

import sys
import time
from datetime import datetime, timedelta

from workbench import __main__ as program

if __name__ == "__main__":
    start, began = datetime.fromisoformat(sys.argv.pop(1)), time.monotonic()
    program.now = lambda: start + timedelta(seconds=time.monotonic() - began)
    program.main()
