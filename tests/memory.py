"""The most memory that a process took, and since when."""

import resource
from pathlib import Path

_STATUS = Path("/proc/self/status")
_REFERENCES = Path("/proc/self/clear_refs")
_FORGET_THE_PEAK = "5"


def forget_peak() -> None:
    """Let the peak count from now on, where the system can; a process begins with its parent's peak."""
    if _REFERENCES.exists():
        _REFERENCES.write_text(_FORGET_THE_PEAK, encoding="ascii")


def peak_kb() -> int:
    """Return the most memory that this process had since its start or since the peak was forgotten, in kB."""
    if _STATUS.exists():
        line = next(line for line in _STATUS.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
