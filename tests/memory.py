"""Measures the memory of this process."""

import resource
from pathlib import Path

_STATUS = Path("/proc/self/status")
_REFERENCES = Path("/proc/self/clear_refs")
_RESET_PEAK = "5"


def reset_peak() -> None:
    """Reset the peak if the system supports it; a forked process starts with the peak of its parent."""
    if _REFERENCES.exists():
        _REFERENCES.write_text(_RESET_PEAK, encoding="ascii")


def peak_kb() -> int:
    """Return the peak memory of this process since its start or the last reset, in kB."""
    return status_kb("VmHWM") if _STATUS.exists() else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def status_kb(name: str) -> int:
    """Return what Linux says about this process under a name such as `VmRSS`, its memory now, in kB."""
    line = next(line for line in _STATUS.read_text(encoding="ascii").splitlines() if line.startswith(name))
    return int(line.split()[1])
