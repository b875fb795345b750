"""Updates the Chinese catalogue from the sources: `python -m tests.messages [FILE.json …]`.

Each file is a JSON object of English messages and their Chinese. Messages without Chinese are printed and left out;
messages that no source uses are dropped.
"""

import ast
import io
import json
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from workbench.policies import COMMENT, default_policy_text

ROOT = Path(__file__).parents[1]
MESSAGES = ROOT / "workbench" / "locale" / "zh" / "LC_MESSAGES"
KEYWORDS = {"_", "N_", "ngettext"}
_WIDTH = 120

Identity = str | tuple[str, str]
"""A message, or its singular and plural."""


def catalogue() -> Catalog:
    """Read the catalogue."""
    with (MESSAGES / "workbench.po").open("rb") as file:
        return read_po(file, locale="zh")


def messages_in_the_sources() -> dict[str, Identity]:
    """Return the messages in the sources, by singular; also those in f-strings, and comments of the policy."""
    found: dict[str, Identity] = {text: text for text in COMMENT.findall(default_policy_text())}
    for package in ("workbench", "screens", "db"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(call, ast.Call) and _name_of(call.func) in KEYWORDS:
                    words = [arg.value for arg in call.args[:2] if isinstance(arg, ast.Constant)]
                    texts = [word for word in words if isinstance(word, str)]
                    is_counted = _name_of(call.func) == "ngettext" and len(texts) > 1
                    if texts:
                        found[texts[0]] = (texts[0], texts[1]) if is_counted else texts[0]
    return found


def compiled(written: Catalog) -> bytes:
    """Compile a catalogue to the .mo format."""
    out = io.BytesIO()
    write_mo(out, written)
    return out.getvalue()


def update(given: dict[str, str]) -> list[str]:
    """Rewrite the catalogue with the given translations, and return the messages that have none."""
    old = catalogue()
    wanted = messages_in_the_sources()
    known = {_singular(message.id): message.string for message in old if message.id and message.string}
    new = Catalog(locale="zh", header_comment=old.header_comment, fuzzy=False)
    new.mime_headers = old.mime_headers
    missing: list[str] = []
    for singular in [*(name for name in known if name in wanted), *(name for name in wanted if name not in known)]:
        string = given.get(singular) or known.get(singular)
        if string is None:
            missing.append(singular)
            continue
        identity = wanted[singular]
        if isinstance(identity, tuple) and isinstance(string, str):
            string = (string,)
        new.add(identity, string)
    with (MESSAGES / "workbench.po").open("wb") as file:
        write_po(file, new, width=_WIDTH)
    (MESSAGES / "workbench.mo").write_bytes(compiled(catalogue()))
    return missing


def _singular(identity: str | list[str] | tuple[str, ...]) -> str:
    return identity if isinstance(identity, str) else identity[0]


def _name_of(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


if __name__ == "__main__":
    translations: dict[str, str] = {}
    for name in sys.argv[1:]:
        translations.update(json.loads(Path(name).read_text(encoding="utf-8")))
    print(json.dumps(update(translations), ensure_ascii=False, indent=1))  # noqa: T201 - a command of its own
