"""The line that says what was typed on a case and not decided."""

from collections.abc import Mapping
from typing import Any

from textual.content import Content

from screens.panels.labels import VERDICT
from screens.shell.symbols import Symbols
from screens.widgets.safe_text import FAINT, joined
from workbench.domain.case.vocabulary import Verdict
from workbench.i18n import _, listed


def draft_line(body: Mapping[str, Any], symbols: Symbols, width: int) -> Content | None:
    """Return the line, None if nothing was typed."""
    parts: list[str] = []
    verdict = body.get("verdict")
    if isinstance(verdict, Mapping) and verdict.get("verdict") in set(Verdict):
        parts.append(_(VERDICT[Verdict(verdict["verdict"])]))
        parts.append(listed(str(code) for code in verdict.get("reasons", ())))
    parts += [str(body.get("note", "")), str(body.get("comment", ""))]
    said = f" {symbols.dot} ".join(part for part in parts if part.strip())
    if not said:
        return None
    line = joined((_("Draft"), FAINT), (f"  {symbols.cursor}", "$text-accent"), (said, ""))
    return line.truncate(width, ellipsis=True)
