"""The context of a command: the shared options, the clock, and access to the services."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from workbench.cli.framework.output import Columns
    from workbench.services.wiring import Services

_Row = TypeVar("_Row")

FindDatabase = Callable[[], "Path | Services"]
"""Returns the path of a database, or services that are open already."""

OpenWorkbench = Callable[[FindDatabase, str | None, str, str], int]
"""Opens the workbench, given a way to find the database, the login and the symbols; returns the exit code."""


_VERIFIERS_COMMAND = "inquiries"
"""The command of people who only answer inquiries."""

FLAGS = {"--database": "database", "--lang": "language", "--as": "login", "--symbols": "symbols", "--site": "site"}
"""The options that all commands share, with their fields in SharedOptions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedOptions:
    """The values of the options that all commands share; None if an option was not given."""

    database: str | None = None
    language: str | None = None
    login: str | None = None
    symbols: str | None = None
    site: Path | None = None

    def with_more(self, given: Mapping[str, Any]) -> "SharedOptions":
        """Return a copy in which options that were given later override these."""
        return replace(self, **{name: value for name, value in given.items() if value is not None})


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandContext:
    """The clock, the shared options and the access to the services, passed to every command."""

    now: Callable[[], datetime]
    open_workbench: OpenWorkbench
    shared: SharedOptions = field(default_factory=SharedOptions)
    subcommand: str | None = None
    command: str = ""
    """The words that name the command, such as `inquiries list`."""
    as_json: bool = False

    def database(self) -> Path:
        """Return the path of the database, whether it exists or not."""
        return self.database_and_origin()[0]

    def database_and_origin(self) -> tuple[Path, str]:
        """Return the path of the database, and what names it; empty if nothing does."""
        from workbench.services.foundation.locations import find_database

        return find_database(self.shared.database, os.environ, self.shared.site)

    def anchor_target(self) -> str | None:
        """Return where anchors of the audit log are kept according to the site's settings, None if these do not say."""
        from workbench.services.foundation.site_settings import read_anchor

        return read_anchor(self.site_file())

    def site_file(self) -> Path:
        """Return the path of the site's settings."""
        from workbench.services.foundation.site_settings import default_site_file

        return self.shared.site or default_site_file()

    def run_workbench(self, find: FindDatabase | None = None, login: str | None = None, opening: str = "") -> int:
        """Open the workbench and return its exit code.

        Args:
            find: Finds the database; by default, `database`.
            login: The login to use if --as is not given.
            opening: What is shown until the database is open; by default, that it is being opened.
        """
        symbols = self.shared.symbols or "auto"
        return self.open_workbench(find or self.database, self.shared.login or login, symbols, opening)

    @contextmanager
    def services(self) -> Iterator["Services"]:
        """Open the services for the current user, and close the database afterwards.

        Typed dates are read in the order of the user's settings. If these cannot be read, a message says so.

        Raises:
            WorkbenchError: If the database cannot be opened or the user is not registered.
        """
        from workbench.cli.framework.questions import passphrase_prompt
        from workbench.domain.clock.typed.tense import set_date_order
        from workbench.services.database.opening import open_services
        from workbench.services.foundation.file_store import Store
        from workbench.settings.user_settings import load_settings, settings_file

        settings = load_settings(settings_file())
        set_date_order(settings.values.date_order)
        if settings.is_unreadable:
            from workbench.cli.framework import output

            output.complain(settings.problems[0])
        path = self.database()
        services = open_services(path, self.shared.login, self.now, store=Store.unlocked(path, passphrase_prompt()))
        try:
            if services.clock_note:
                from workbench.cli.framework import output

                output.complain(services.clock_note)
            if not self.command.startswith(_VERIFIERS_COMMAND):
                services.refuse_verifier(self.command)
            yield services
        finally:
            services.close()

    def print_result(self, document: Any, *sentences: str) -> None:
        """Print what the command did: a JSON document with --json, else sentences on stderr."""
        # Imported here, because opening the workbench prints nothing.
        from workbench.cli.framework import output

        if self.as_json:
            output.document(document)
            return
        for sentence in sentences:
            output.narrate(sentence)

    def print_lines(self, document: Any, lines: Iterable[str]) -> None:
        """Print data: a JSON document with --json, else lines of text."""
        from workbench.cli.framework import output

        if self.as_json:
            output.document(document)
            return
        for line in lines:
            output.line(line)

    def print_list(
        self,
        name: str,
        rows: Iterable[_Row],
        as_document: Callable[[_Row], Any],
        columns: "Columns[_Row]",
        numeric: Sequence[int] = (),
    ) -> None:
        """Print rows: with --json a document with their documents under a name, else a table.

        Args:
            name: The key in the document.
            rows: The rows.
            as_document: Returns a row as JSON.
            columns: Each heading of the table with the function that returns the cell of a row.
            numeric: The columns that are right-aligned.
        """
        from workbench.cli.framework import output

        if self.as_json:
            output.document({name: [as_document(row) for row in rows]})
        else:
            output.listing(rows, columns, numeric=numeric)


def zone_of(services: "Services") -> ZoneInfo:
    """Return the time zone of the policy."""
    with services.context.read() as session:
        return services.context.zone(session)
