"""Runs the workbench without its removal of control characters, to show that the leak check can fail."""

from workbench.__main__ import main
from workbench.domain.text import safe as door


def _unchanged(text: str, keep: str) -> str:
    return text


if __name__ == "__main__":
    door._without_controls = _unchanged
    main()
