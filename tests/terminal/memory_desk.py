"""Runs a workbench with services in memory and writes the actions performed to the given file at the end."""

import json
import sys
import time
from pathlib import Path

from screens.app import WorkbenchApp
from tests.screens.cases import clean, troubled
from tests.screens.doubles.services import Clocks, MemoryServices
from workbench import i18n

if __name__ == "__main__":
    done, symbols, language = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    i18n.use_language(language)
    clocks = Clocks()
    services = MemoryServices(clocks, clean(), troubled())
    app = WorkbenchApp(services.opened, now=clocks.now, monotonic=time.monotonic, symbols=symbols)
    app.run()
    acts = [list(map(str, act)) for act in services.log] + [["decide", each.verdict.value] for each in services.decided]
    done.write_text(json.dumps(acts), encoding="utf-8")
    sys.exit(app.return_code)
