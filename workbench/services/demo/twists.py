"""What is not in order with an application of the demo."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from workbench.services.demo import fixtures
from workbench.services.demo.dates import around

_USUALLY_CHECKED = 2

DocumentChange = bool | Mapping[str, str]
"""False: it is missing; True: it is there; else columns that differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Twist:
    """One twist, or several as one; what the figures mean stands in the file of twists."""

    rules: tuple[str, ...] = ()
    application: Mapping[str, str] = field(default_factory=dict)
    handler: Mapping[str, str] = field(default_factory=dict)
    cards: Mapping[str, str] = field(default_factory=dict)
    first_card: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, DocumentChange] = field(default_factory=dict)
    credit: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    is_looked_up: bool = True
    checked: int = _USUALLY_CHECKED
    card_count: int = 0
    brands: int = 0
    uscc: str = "91"
    prefix: str = ""
    calls: str = ""
    all_calls: bool = False
    complaints: tuple[Mapping[str, Any], ...] = ()
    opt_outs: tuple[Mapping[str, Any], ...] = ()
    comment: str = ""
    comment_times: int = 1

    def on(self, received: date) -> "Twist":
        """Return the twist with its dates filled in."""
        return replace(
            self,
            application=_dated(self.application, received),
            handler=_dated(self.handler, received),
            documents={
                kind: change if isinstance(change, bool) else _dated(change, received)
                for kind, change in self.documents.items()
            },
            credit={name: _dated(record, received) for name, record in self.credit.items()},
        )

    def with_more(self, other: "Twist") -> "Twist":
        """Return this twist and another as one; of single values the other's count where it has any."""
        plain = Twist()
        changes: dict[str, Any] = {}
        for name in self.__slots__:
            mine, others, usual = getattr(self, name), getattr(other, name), getattr(plain, name)
            if isinstance(mine, tuple):
                changes[name] = mine + others
            elif isinstance(mine, Mapping):
                changes[name] = {**mine, **others}
            else:
                changes[name] = mine if others == usual else others
        return replace(self, **changes)


def _dated(columns: Mapping[str, str], received: date) -> dict[str, str]:
    return {name: around(value, received) for name, value in columns.items()}


def twist_of(names: Iterable[str]) -> Twist:
    """Return several twists as one."""
    whole = Twist()
    for name in names:
        whole = whole.with_more(_read(fixtures.table("twists")[name]))
    return whole


def _read(entry: Mapping[str, Any]) -> Twist:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
    if values.get("credit") is False:
        values.pop("credit")
        values["is_looked_up"] = False
    return Twist(**values)
