"""Measures the peak memory of this process."""

import resource
from pathlib import Path

_STATUS = Path("/proc/self/status")
_REFERENCES = Path("/proc/self/clear_refs")
_RESET_PEAK = "5"


def forget_peak() -> None:
    """Reset the peak if the system supports it; a forked process starts with the peak of its parent."""
    if _REFERENCES.exists():
        _REFERENCES.write_text(_RESET_PEAK, encoding="ascii")


def peak_kb() -> int:
    """Return the peak memory of this process since its start or the last reset, in kB."""
    if _STATUS.exists():
        line = next(line for line in _STATUS.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
