"""Runs a workbench with services in memory in a terminal of its own; drafts are saved to the given file."""

import json
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from screens.app import WorkbenchApp
from tests.screens.cases import clean
from tests.screens.doubles.services import Clocks, MemoryServices

if __name__ == "__main__":
    drafts = Path(sys.argv[1])
    if "nohup" in sys.argv:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    clocks = Clocks()
    services = MemoryServices(clocks, clean())

    def save(case_id: int, body: Mapping[str, Any]) -> None:
        drafts.write_text(json.dumps(body), encoding="utf-8")

    services.drafts.save = save  # type: ignore[method-assign]  # the double writes to a file
    app = WorkbenchApp(services.opened, now=clocks.now, monotonic=time.monotonic)
    app.run()
    sys.exit(app.return_code)
