"""All printing of the commands: data to stdout, messages to stderr, and no control characters to the terminal."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import zip_longest
from shutil import get_terminal_size
from time import monotonic
from typing import Any, Self, TypeVar

import typer

from workbench.domain.text.cells import cells, pad_left, pad_right
from workbench.domain.text.safe import safe
from workbench.domain.text.wrapping import wrap_paragraph
from workbench.domain.values.char_table import CharTable
from workbench.i18n import _
from workbench.settings.symbols import for_terminal

_GAP = "  "

_LEAST_CELLS = 20
"""The cells that a column keeps in a narrow terminal: a number of 20 digits is not broken."""

_Row = TypeVar("_Row")

Columns = Mapping[str, Callable[[_Row], str]]
"""Each heading of a table with the function that returns the cell of a row."""


def _drawable(text: str, *, keep_newlines: bool = False) -> str:
    """Return a text without control characters, and with symbols that this terminal can draw."""
    return for_terminal(safe(text, keep_newlines=keep_newlines))


def _escaped(char: str) -> str:
    """Return a character, escaped as in JSON if it would control a terminal."""
    return char if char == "\n" or safe(char) == char else json.dumps(char)[1:-1]


_ESCAPES = CharTable(_escaped)


def document(value: Any) -> None:
    """Print one JSON document; characters that would control a terminal are escaped, so that it stays JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2).translate(_ESCAPES))


def line(text: str = "") -> None:
    """Print one line of data."""
    typer.echo(_drawable(text))


def file_text(text: str) -> None:
    """Print the text of a file: as it is if stdout is a file or pipe, without control characters on a terminal."""
    if sys.stdout.isatty():
        typer.echo(_drawable(text.rstrip("\n"), keep_newlines=True))
    else:
        typer.echo(text.encode(), nl=False)


def markdown(text: str) -> None:
    """Print Markdown: formatted and by the user's pager on a terminal, else as it is but for the backslashes."""
    if not sys.stdout.isatty():
        file_text(re.sub(r"\\([\n|])", r"\1", text))
        return
    from rich.console import Console
    from rich.markdown import Markdown

    # As git does: `less` shows colours, and ends at once if the text fits on the screen.
    os.environ.setdefault("LESS", "FRX")
    console = Console()
    with console.pager(styles=True):
        console.print(Markdown(for_terminal(text), code_theme="bw", hyperlinks=False))


def narrate(text: str) -> None:
    """Print a message about what happened on stderr."""
    typer.echo(_drawable(text), err=True)


def complain(text: str) -> None:
    """Print an error on stderr, in one line."""
    typer.echo(f"workbench: {_drawable(' '.join(text.split()))}", err=True)


def table(
    headers: Sequence[str], rows: Iterable[Sequence[str]], *, numeric: Sequence[int] = (), is_message: bool = False
) -> None:
    """Print rows in columns, aligned by terminal cells; the columns in `numeric` are right-aligned.

    A message goes to stderr. In a terminal, the widest columns are wrapped so that a row fits.
    """
    shown = [[_drawable(cell) for cell in row] for row in [headers, *rows]]
    _align(shown, numeric=numeric, is_message=is_message)


def _align(rows: Sequence[Sequence[str]], *, numeric: Sequence[int] = (), is_message: bool = False) -> None:
    """Print cells, of one or more lines each, in columns. Data for a file or pipe is not wrapped."""
    widths = [max(cells(line) for cell in column for line in cell.split("\n")) for column in zip(*rows, strict=True)]
    if (sys.stderr if is_message else sys.stdout).isatty():
        most = get_terminal_size().columns - len(_GAP) * (len(widths) - 1)
        while sum(widths) > most and (widest := max(widths)) > _LEAST_CELLS:
            widths[widths.index(widest)] -= 1
    for row in rows:
        lines_of_cells = [
            [line for part in cell.split("\n") for line in wrap_paragraph(part, width)]
            for cell, width in zip(row, widths, strict=True)
        ]
        for line_cells in zip_longest(*lines_of_cells, fillvalue=""):
            padded = [
                pad_left(cell, width) if index in numeric else pad_right(cell, width)
                for index, (cell, width) in enumerate(zip(line_cells, widths, strict=True))
            ]
            typer.echo(_GAP.join(padded).rstrip(), err=is_message)


def listing(rows: Iterable[_Row], columns: Columns[_Row], *, numeric: Sequence[int] = ()) -> None:
    """Print a line for each row, below the headings of its columns."""
    table(list(columns), [[cell_of(row) for cell_of in columns.values()] for row in rows], numeric=numeric)


def pairs(rows: Iterable[tuple[str, str]]) -> None:
    """Print names and values in two columns, without empty values; all lines of a value are aligned."""
    _align([(_drawable(name), _drawable(value, keep_newlines=True)) for name, value in rows if value])


_LEAST_FOR_ESTIMATE_S = 2


class ProgressLine:
    """A progress line on stderr, cleared when the `with` block ends; shown only if stderr is a terminal.

    Work in phases has a name and the time left for each phase.
    """

    def __init__(self, label: str) -> None:
        self._label = label
        self._last_text = ""
        self._began_s = monotonic()
        self._is_on_terminal = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __call__(self, done: int, total: int, phase: str = "") -> None:
        """Show the percentage done, if it has changed, and in a phase of some seconds the time left."""
        if phase and phase != self._label:
            self._label, self._began_s = phase, monotonic()
        text = f"{self._label} {done * 100 // total if total else 100:3d} %"
        elapsed_s = monotonic() - self._began_s
        if phase and 0 < done < total and elapsed_s > _LEAST_FOR_ESTIMATE_S:
            minutes, seconds = divmod(round(elapsed_s * (total - done) / done), 60)
            text += "  " + _("{time} left").format(time=f"{minutes}:{seconds:02}")
        if self._is_on_terminal and text != self._last_text:
            rest = " " * max(0, cells(self._last_text) - cells(text))
            self._last_text = text
            typer.echo(f"\r{_drawable(text)}{rest}", err=True, nl=False)

    def __exit__(self, *_error: object) -> None:
        if self._last_text:
            typer.echo(f"\r{' ' * cells(self._last_text)}\r", err=True, nl=False)
