"""Replaces a file that only its owner reads, such as the settings."""

import os
from pathlib import Path


def replace_text(target: Path, text: str) -> None:
    """Replace a text file atomically, so that other processes read the old or the new text; its mode is kept.

    Raises:
        OSError: If it cannot be written; then it stays as it was.
    """
    # Imported here, because the first frame writes no file.
    from tempfile import mkstemp

    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = mkstemp(dir=target.parent, prefix=f".{target.name}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as written:
            written.write(text)
        if target.exists():
            draft.chmod(target.stat().st_mode & 0o777)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
