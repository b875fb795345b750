"""Replaces a file that only its owner reads, such as the settings."""

import os
from pathlib import Path


def replace_text(target: Path, text: str) -> None:
    """Write a text file, which other processes read either as it was or complete; it keeps its permissions.

    Raises:
        OSError: If it cannot be written; then it stays as it was.
    """
    # Imported here, because the first frame writes no file.
    from tempfile import mkstemp

    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = mkstemp(dir=target.parent, prefix=f".{target.name}.")
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as written:
            written.write(text)
        if target.exists():
            beside.chmod(target.stat().st_mode & 0o777)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
