"""Writes a proposal as the TOML text of a map, with a comment on the source of each meaning."""

import json
from collections.abc import Iterator, Mapping, Sequence

from workbench.i18n import _
from workbench.services.files.reseller_sheets.proposal import MeaningSource, Proposal, ProposedColumn


def map_text(proposal: Proposal) -> str:
    """Return a proposal as the text of a map."""
    return "\n".join(_lines(proposal)) + "\n"


def source_words(column: ProposedColumn) -> str:
    """Return the source of the meaning of a column, in words."""
    words = {
        MeaningSource.NAME: _("its name"),
        MeaningSource.WORD: _("the word in its name"),
        MeaningSource.VALUES: _("its values"),
        MeaningSource.SIMILAR: _("a similar name"),
        MeaningSource.PERSON: _("your answer"),
        MeaningSource.NOTHING: "",
    }
    return words[column.source]


def _lines(proposal: Proposal) -> Iterator[str]:
    source = _("How to read the sheets of {name}; proposed for {file}.").format(name=proposal.name, file=proposal.file)
    yield f"# {source}"
    yield f"# {_('A ? is for you to decide. What is ignored is not imported.')}"
    if proposal.doubt:
        yield f"# {proposal.doubt}"
    yield f"kind = {_text(proposal.kind.value)}"
    if proposal.agent:
        yield f"agent = {_text(proposal.agent)} # {_('of rows that name none')}"
    if proposal.sheets:
        yield f"sheets = {_list(proposal.sheets)} # {_('names, or patterns such as *')}"
    yield f"ignored = {_list([column.name for column in proposal.columns if not column.means])}"
    yield ""
    yield "[columns]"
    for column in proposal.columns:
        if column.means:
            known_by = source_words(column)
            comment = f" # {_('known by {how}').format(how=known_by)}" if known_by else ""
            yield f"{_text(column.name)} = {_rule(column)}{comment}"
    if proposal.constants:
        yield ""
        yield f"[constants] # {_('values of all rows')}"
        yield from (f"{name} = {_text(value)}" for name, value in proposal.constants.items())
    yield ""
    yield "[rows]"
    rows = proposal.rows
    for name in ("totals", "notes", "empty", "fill_down"):
        if words := getattr(rows, name):
            yield f"{name} = {_list(words)}"
    if rows.continued:
        yield f"continued = true # {_('rows of the same application follow one another, a number each')}"


def _rule(column: ProposedColumn) -> str:
    """Return the TOML value of the rule for a column."""
    more: dict[str, str] = {}
    if column.unit is not None:
        more["unit"] = _text(column.unit)
    if column.order is not None:
        more["order"] = _text(column.order)
    if column.words:
        more["values"] = _inline({word: _text(code) for word, code in column.words.items()})
    if not more:
        return _text(column.means)
    return _inline({"means": _text(column.means), **more}, is_bare=True)


def _inline(values: Mapping[str, str], *, is_bare: bool = False) -> str:
    pairs = (f"{name if is_bare else _text(name)} = {value}" for name, value in values.items())
    return "{ " + ", ".join(pairs) + " }"


def _list(words: Sequence[str]) -> str:
    return "[" + ", ".join(map(_text, words)) + "]"


def _text(value: str) -> str:
    # TOML escapes a text as JSON does, except for the delete character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
