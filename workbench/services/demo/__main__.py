"""The process that makes the demo: prints its progress as lines, and an error as one line."""

import gc
import os
import resource
import sys
import threading
from datetime import datetime
from pathlib import Path

from workbench import i18n
from workbench.errors import WorkbenchError


def main() -> int:
    """Create the demo from the arguments: database, time, data folder, language, database of the first cases."""
    database, now, data, language, first = sys.argv[1:]
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.umask(0o077)
    # A core dump would hold personal data too.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    i18n.use_language(language)
    # There is hardly any garbage, and collecting it would take a sixth of the time.
    gc.disable()
    from workbench.services.demo.building import build

    try:
        if first:
            build(Path(first), datetime.fromisoformat(now), Path(data), lambda _done, _total: None, is_first=True)
            _print_progress(0, 1)
        build(Path(database), datetime.fromisoformat(now), Path(data), _print_progress)
    except WorkbenchError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _end_with_parent() -> None:
    """End the process when the parent closes standard input or ends for any reason."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)


def _print_progress(done: int, total: int) -> None:
    sys.stdout.write(f"{done} {total}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
