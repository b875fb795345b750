"""Asks on the terminal what the columns of a reseller's sheet mean."""

from typing import TYPE_CHECKING

import typer

from workbench.cli.framework import output
from workbench.domain.text.safe import safe
from workbench.domain.values.bad_value import outlined
from workbench.i18n import _, comma_joined

if TYPE_CHECKING:
    from workbench.services.reseller_sheets.proposal import Proposal, ProposedColumn


def ask_about(proposal: "Proposal") -> bool:
    """Show a proposal, ask what it leaves open, and return whether it is confirmed."""
    output.narrate(
        _("The map {name} is new. It would read {file} like this:").format(name=proposal.name, file=proposal.file)
    )
    _show(proposal)
    answered = [
        _ask_meanings(proposal),
        _ask_missing(proposal),
        _ask_conversions(proposal),
    ]
    if any(answered):
        _show(proposal)
    return _is_yes(_("Use this map, keep it as {name}, and import? [y/N]").format(name=proposal.name))


def _show(proposal: "Proposal") -> None:
    """Print the columns on stderr, because stdout is for the report; a value is outlined, as it may be personal."""
    from workbench.services.reseller_sheets.map_text import told_words

    for column in proposal.columns:
        output.narrate(
            f"  {_place(column)}  {column.name} → {_meaning(column)}" + _because(told_words(column)) + _example(column)
        )
    for name, value in proposal.constants.items():
        output.narrate(_("  all rows: {column} = {value}").format(column=name, value=value))
    if proposal.agent:
        output.narrate(_("  agent: {agent}").format(agent=proposal.agent))
    if proposal.sheets:
        output.narrate(_("  sheets: {sheets}").format(sheets=comma_joined(proposal.sheets)))
    if proposal.rows.continued:
        output.narrate(_("  rows that repeat or leave out the application number belong to the one above"))
    words = (*proposal.rows.totals, *proposal.rows.notes)
    if words:
        output.narrate(_("  left out: rows with {words}").format(words=comma_joined(words)))


def _place(column: "ProposedColumn") -> str:
    from workbench.services.reseller_sheets.header import lettered

    return lettered(column.column)[1:]


def _meaning(column: "ProposedColumn") -> str:
    meaning = column.means or _("not imported")
    more = [part for part in (column.unit, column.order) if part]
    more += [f"{word} = {code}" for word, code in column.words.items()]
    return f"{meaning} ({comma_joined(more)})" if more else meaning


def _because(told: str) -> str:
    return "  " + _("by {how}").format(how=told) if told else ""


def _example(column: "ProposedColumn") -> str:
    return "  " + _("such as {value}").format(value=outlined(column.values[0])) if column.values else ""


def _ask_meanings(proposal: "Proposal") -> bool:
    """Ask for each column that nobody understands."""
    from workbench.services.reseller_sheets.proposal import Told
    from workbench.services.reseller_sheets.sheet_map import UNDECIDED

    asked = [column for column in proposal.columns if column.means == UNDECIDED]
    for column in asked:
        question = _("What is column {place}, “{name}”? Enter: not imported; ?: list the columns")
        column.means = ""
        column.means = _column(question.format(place=_place(column), name=column.name), proposal)
        column.told = Told.PERSON
    return bool(asked)


def _ask_missing(proposal: "Proposal") -> bool:
    """Ask for each required column that nothing in the sheet means: another column, or one value for all rows."""
    from workbench.services.reseller_sheets.proposal import Told
    from workbench.services.reseller_sheets.sheet_map import UNDECIDED

    proposal.constants = {name: value for name, value in proposal.constants.items() if value != UNDECIDED}
    by_place = {_place(column).casefold(): column for column in proposal.columns}
    asked = proposal.missing()
    for choices in asked:
        name = sorted(choices)[0]
        question = _(
            "No column means {column}, which is required. Letters of its column, or = and a value for all rows"
        )
        answer = _answer(question.format(column=name))
        if answer.startswith("="):
            proposal.constants[name] = answer[1:].strip()
        elif (column := by_place.get(answer.casefold())) is not None:
            column.means, column.told = name, Told.PERSON
    return bool(asked)


def _ask_conversions(proposal: "Proposal") -> bool:
    """Ask for units of amounts, and for words that no import knows."""
    from workbench.services.reseller_sheets.sheet_map import UNDECIDED

    asked = False
    for column in proposal.columns:
        if column.unit == UNDECIDED:
            column.unit = _answer(_("In which unit is “{name}”: 元 or 万元?").format(name=column.name)) or UNDECIDED
            asked = True
        for word in [word for word, code in column.words.items() if code == UNDECIDED]:
            question = _("What does “{word}” in “{name}” mean for {column}?")
            code = _answer(question.format(word=outlined(word), name=column.name, column=column.means))
            column.words[word] = code or UNDECIDED
            asked = True
    return asked


def _column(question: str, proposal: "Proposal") -> str:
    """Return the column that an answer names, '' for none."""
    from workbench.services.reading.headers import column_names

    names = column_names(proposal.kind)
    while answer := _answer(question):
        free = [column for column in names.chinese if column not in proposal.meanings]
        found = names.meaning(answer)
        if found in free:
            return str(found)
        output.narrate(_("The columns that are left: {columns}.").format(columns=comma_joined(free)))
    return ""


def _is_yes(question: str) -> bool:
    return _answer(question).casefold() in {"y", "yes", "是"}


def _answer(question: str) -> str:
    answer: str = typer.prompt(question, default="", show_default=False, err=True)
    return safe(answer.strip())
