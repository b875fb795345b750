"""A strict reader of a policy file's tables: what it does not know or cannot use is an error that says where."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Never, TypeVar

from workbench.domain.policy.policy import Words
from workbench.errors import BadConfiguration
from workbench.i18n import _

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of the file; `path` is where it stands, `file` how errors name the file.

    Keys are taken one by one, and `done` refuses those that nobody took.
    """

    file: str
    path: str
    values: Mapping[str, Any]
    taken: set[str] = field(default_factory=set)

    def wrong(self, key: str, advice: str) -> Never:
        """Refuse a value.

        Raises:
            BadConfiguration: Always; the advice says how to mend it.
        """
        where = ".".join(part for part in (self.path, key) if part)
        raise BadConfiguration(
            _("{file}: {where}: {advice}.").format(file=self.file, where=where or "policy", advice=advice)
        )

    def has(self, key: str) -> bool:
        """Say whether a key is there."""
        return key in self.values

    def done(self) -> None:
        """Refuse keys that were not taken."""
        for key in self.values:
            if key not in self.taken:
                near = get_close_matches(key, self.taken, n=1)
                if near:
                    self.wrong(key, _("unknown key; perhaps “{near}” is meant").format(near=near[0]))
                known = ", ".join(sorted(self.taken))
                self.wrong(key, _("unknown key; remove it or use one of: {known}").format(known=known))

    def _take(self, key: str) -> Any:
        self.taken.add(key)
        if key not in self.values:
            self.wrong(key, _("missing; add it"))
        return self.values[key]

    def text(self, key: str, default: str | None = None, most: int = 1000) -> str:
        """Take a text; a default makes it optional, an empty one is refused."""
        self.taken.add(key)
        if default is not None and key not in self.values:
            return default
        value = self._take(key)
        if not isinstance(value, str) or not value.strip():
            self.wrong(key, _("must be a text that is not empty"))
        if len(value) > most:
            self.wrong(key, _("must not be longer than {most} characters").format(most=most))
        return value

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        """Take true or false."""
        self.taken.add(key)
        if default is not None and key not in self.values:
            return default
        value = self._take(key)
        if not isinstance(value, bool):
            self.wrong(key, _("must be true or false"))
        return value

    def whole(self, key: str, least: int, most: int, default: int | None = None) -> int:
        """Take a whole number between two bounds."""
        self.taken.add(key)
        if default is not None and key not in self.values:
            return default
        value = self._take(key)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.wrong(key, _("must be a whole number from {least} to {most}").format(least=least, most=most))
        return value

    def ratio(self, key: str) -> float:
        """Take a number from 0 to 1."""
        value = self._take(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            self.wrong(key, _("must be a number from 0 to 1"))
        return float(value)

    def choice(self, key: str, words: type[Choice]) -> Choice:
        """Take one word of an enumeration."""
        return self.one_of(key, self._take(key), words)

    def one_of(self, key: str, value: object, words: type[Choice]) -> Choice:
        """Return a value as a word of an enumeration."""
        if not isinstance(value, str) or value not in tuple(words):
            self.wrong(key, _("“{value}” must be one of: {known}").format(value=value, known=", ".join(words)))
        return words(value)

    def word(self, key: str, known: Collection[str], default: str | None = None) -> str:
        """Take a text out of a few."""
        value = self.text(key, default)
        if value not in known:
            self.wrong(key, _("“{value}” must be one of: {known}").format(value=value, known=", ".join(sorted(known))))
        return value

    def items(self, key: str) -> list[Any]:
        """Take a list."""
        value = self._take(key)
        if not isinstance(value, list):
            self.wrong(key, _("must be a list"))
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Take a list of texts."""
        values = self.items(key)
        if not all(isinstance(value, str) and value.strip() for value in values):
            self.wrong(key, _("must be a list of texts that are not empty"))
        return tuple(values)

    def choices(self, key: str, words: type[Choice]) -> tuple[Choice, ...]:
        """Take a list of words of an enumeration, each once."""
        chosen = tuple(self.one_of(key, value, words) for value in self.items(key))
        if len(set(chosen)) < len(chosen):
            self.wrong(key, _("must name each word once"))
        return chosen

    def table(self, key: str) -> "Table":
        """Take a table; one that is not there is empty, so that the error names the key it lacks."""
        self.taken.add(key)
        return self._inner(key, self.values.get(key, {}))

    def tables(self, key: str) -> list["Table"]:
        """Take a list of tables; it may be absent."""
        self.taken.add(key)
        values = self.values.get(key, [])
        if not isinstance(values, list):
            self.wrong(key, _("must be a list of tables, each under [[…]]"))
        return [self._inner(f"{key}[{number}]", value) for number, value in enumerate(values, start=1)]

    def named(self, key: str) -> Iterator[tuple[str, "Table"]]:
        """Give the tables of a table, by their names."""
        outer = self.table(key)
        for name in outer.values:
            yield name, outer.table(name)

    def words(self, key: str) -> Words:
        """Take a text in both languages."""
        table = self.table(key)
        text = Words(table.text("en"), table.text("zh"))
        table.done()
        return text

    def span(self, key: str, step_minutes: int = 1) -> tuple[time, time]:
        """Take two times of a day, the second later, both at multiples of so many minutes."""
        values = self.items(key)
        if len(values) != 2:  # noqa: PLR2004 - from and to
            self.wrong(key, _('must be two times, such as ["08:00", "21:00"]'))
        first, last = (self.time_of(key, value, step_minutes) for value in values)
        if first >= last:
            self.wrong(key, _("must end later than it begins, on the same day"))
        return first, last

    def time_of(self, key: str, value: object, step_minutes: int) -> time:
        """Return a text such as 08:30 as a time."""
        try:
            moment = time.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            moment = None
        if moment is None or moment.second or moment.microsecond or moment.tzinfo is not None:
            self.wrong(key, _('“{value}” must be a time such as "08:30"').format(value=value))
        if (moment.hour * 60 + moment.minute) % step_minutes:
            self.wrong(
                key,
                _("“{value}” must be a multiple of {minutes} minutes").format(value=value, minutes=step_minutes),
            )
        return moment

    def _inner(self, key: str, value: object) -> "Table":
        if not isinstance(value, dict):
            self.wrong(key, _("must be a table"))
        return Table(file=self.file, path=f"{self.path}.{key}" if self.path else key, values=value)
