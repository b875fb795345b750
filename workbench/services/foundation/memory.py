"""Tunes the garbage collection of commands, and refuses work that needs more memory than a process may use."""

import gc
import os
import resource

from workbench.errors import StorageFailed
from workbench.i18n import _

_MIN_BYTES = 576 << 20
"""The address space that an import or export needs; NumPy and DuckDB reserve it in advance."""


def collect_garbage_rarely() -> None:
    """Let this process collect garbage rarely, because a command creates many objects and hardly any cycles."""
    gc.set_threshold(50_000, 20, 100)


def check_memory_limit() -> None:
    """Refuse to begin if a limit of the shell (`ulimit -v`) is too low, because a library would end the process later.

    Raises:
        StorageFailed: If the limit is too low.
    """
    limit, _max_limit = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return
    if limit < _MIN_BYTES:
        message = _(
            "A limit of this shell allows {limit} MB of memory, and this needs {least} MB; run `ulimit -v {kilobytes}`"
            " or a higher number first."
        )
        raise StorageFailed(message.format(limit=limit >> 20, least=_MIN_BYTES >> 20, kilobytes=_MIN_BYTES >> 10))
    # OpenBLAS reserves memory for each of its threads, and ends the process if it gets none.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
