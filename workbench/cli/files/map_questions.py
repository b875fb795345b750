"""Asks on the terminal what the columns of a reseller's sheet mean."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from workbench.cli.framework import output
from workbench.cli.framework.questions import ask
from workbench.domain.values.bad_value import BadValue, outline_of, with_outlined_numbers
from workbench.i18n import N_, _, comma_joined, with_remark
from workbench.services.files.reading.headers import column_names
from workbench.services.files.reading.sheets.names import kind_name

if TYPE_CHECKING:
    from workbench.services.files.reseller_sheets.proposal import Proposal, ProposedColumn

_SHOWN_IN_FULL = frozenset({"application_no", "submitted_at", "applicant_kind", "province", "industry", "card_type"})
"""The columns whose examples are shown in full, since they name no person; only long numbers are outlined."""

_ORDER_WORDS = {"ymd": N_("year/month/day"), "dmy": N_("day/month/year"), "mdy": N_("month/day/year")}


class _Unusable(ValueError):
    """An answer that cannot be used; the message says why."""


def ask_about(proposal: "Proposal", *, dry_run: bool) -> bool:
    """Show a proposed map, ask about what is undecided, and return whether the user confirms it."""
    message = _("The map {name} of {kind} is new. It would read {file} like this:")
    output.narrate(message.format(name=proposal.name, kind=kind_name(proposal.kind), file=proposal.file))
    _print_proposal(proposal)
    if proposal.kept_in:
        message = _("It has the answers that are kept in {file}; delete the file to begin again.")
        output.narrate(message.format(file=proposal.kept_in))
    if proposal.doubt:
        output.narrate(proposal.doubt)
    # A list, because each of these questions is asked, whatever the answers before.
    if any([_ask_meanings(proposal), _ask_missing(proposal), _ask_conversions(proposal)]):
        _print_proposal(proposal)
    if proposal.is_open():
        output.narrate(_("The map cannot be used before each ? and each required column is answered."))
        return False
    question = _("Use this map, keep it as {name}, and import? [y/N]")
    if dry_run:
        question = _("Use this map, and keep it as {name}? Nothing is imported yet. [y/N]")
    return ask(question.format(name=proposal.name)).casefold() in {"y", "yes", "是"}


def _print_proposal(proposal: "Proposal") -> None:
    """Print the columns on stderr, because stdout is for the report."""
    from workbench.services.files.reseller_sheets.map_text import source_words

    rows = [
        (_letters_of(column), column.name, _meaning(column, proposal), _example(column), source_words(column))
        for column in proposal.columns
    ]
    output.table(("", _("In the sheet"), _("Means"), _("Such as"), _("Known by")), rows, is_message=True)
    for name, value in proposal.constants.items():
        shown = column_names(proposal.kind).shown(name)
        output.narrate(_("  all rows: {column} = {value}").format(column=shown, value=value))
    if proposal.agent:
        output.narrate(_("  agent: {agent}").format(agent=proposal.agent))
    if proposal.sheets:
        output.narrate(_("  sheets: {sheets}").format(sheets=comma_joined(proposal.sheets)))
    if proposal.rows.continued:
        output.narrate(_("  rows that repeat or leave out the application number belong to the one above"))
    if proposal.rows.fill_down:
        message = _("  blank cells have the value above: {columns}")
        output.narrate(message.format(columns=comma_joined(proposal.rows.fill_down)))
    if words := (*proposal.rows.totals, *proposal.rows.notes):
        output.narrate(_("  left out: rows with {words}").format(words=comma_joined(words)))


def _letters_of(column: "ProposedColumn") -> str:
    from workbench.services.files.reseller_sheets.header import column_letters

    return column_letters(column.column).removeprefix("#")


def _meaning(column: "ProposedColumn", proposal: "Proposal") -> str:
    names = column_names(proposal.kind)
    if not column.means:
        return _("not imported")
    meaning = names.shown(column.means) if column.means in names.chinese else column.means
    details = [part for part in (column.unit, column.order and _(_ORDER_WORDS[column.order])) if part]
    details += [f"{word} = {code}" for word, code in column.words.items()]
    return with_remark(meaning, comma_joined(details))


def _example(column: "ProposedColumn") -> str:
    """Return the first value of a column, outlined if it may be personal."""
    from workbench.services.files.reseller_sheets.by_values import is_company

    value = next(iter(column.values), "")
    if column.means in _SHOWN_IN_FULL or column.unit is not None or is_company(value):
        return with_outlined_numbers(value)
    return outline_of(value) if value else ""


def _ask_meanings(proposal: "Proposal") -> bool:
    """Ask what each undecided column means; that may be a column without which nothing is imported."""
    from workbench.services.files.reseller_sheets.proposal import MeaningSource
    from workbench.services.files.reseller_sheets.proposing import add_conversions
    from workbench.services.files.reseller_sheets.sheet_map import UNDECIDED

    names = column_names(proposal.kind)
    proposal.constants = {name: value for name, value in proposal.constants.items() if value != UNDECIDED}

    def parse_meaning(answer: str) -> str:
        free = [column for column in names.chinese if column not in proposal.meanings]
        if names.meaning(answer) not in free:
            left = comma_joined(map(names.shown, free))
            raise _Unusable(_("The columns that are left: {columns}.").format(columns=left))
        return str(names.meaning(answer))

    undecided = [column for column in proposal.columns if column.means == UNDECIDED]
    for column in undecided:
        question = _("What is column {place}, “{name}”? Enter: not imported; ?: list the columns")
        column.means = ""
        column.means = _ask_until_usable(question.format(place=_letters_of(column), name=column.name), parse_meaning)
        column.source = MeaningSource.PERSON
        add_conversions(proposal, column)
    return bool(undecided)


def _ask_missing(proposal: "Proposal") -> bool:
    """Ask for each required column that is missing: which column of the sheet it is, or one value for all rows."""
    from workbench.services.files.reseller_sheets.proposal import MeaningSource
    from workbench.services.files.reseller_sheets.proposing import add_conversions
    from workbench.services.files.reseller_sheets.sheet_map import parse_constant

    column_by_letters = {_letters_of(column).casefold(): column for column in proposal.columns}
    missing = proposal.missing()
    for choices in missing:
        name = sorted(choices)[0]

        def parse_source(answer: str, name: str = name) -> str:
            if answer.casefold() in column_by_letters:
                return answer.casefold()
            if answer == "?" or answer.startswith("="):
                # A column of codes refuses "?" with the list of its codes.
                parse_constant(proposal.kind, proposal.spec, name, answer.removeprefix("=").strip())
            if not answer.startswith("="):
                raise _Unusable(_("Answer with the letters of a column, or with = and a value."))
            return answer

        question = _(
            "No column means {column}, which is required. Letters of its column, or = and a value for all rows"
        )
        answer = _ask_until_usable(question.format(column=column_names(proposal.kind).shown(name)), parse_source)
        if answer.startswith("="):
            proposal.constants[name] = answer[1:].strip()
        elif answer:
            column_by_letters[answer].means = name
            column_by_letters[answer].source = MeaningSource.PERSON
            add_conversions(proposal, column_by_letters[answer])
    return bool(missing)


def _ask_conversions(proposal: "Proposal") -> bool:
    """Ask for units of amounts, and for words that no import knows."""
    from workbench.services.files.reseller_sheets.conversions import FACTORS
    from workbench.services.files.reseller_sheets.sheet_map import UNDECIDED, parse_constant

    def parse_unit(answer: str) -> str:
        unit_name = answer if answer in FACTORS else f"{answer}元"
        if not answer or unit_name not in FACTORS:
            raise _Unusable(_("The units are {units}.").format(units=comma_joined(FACTORS)))
        return unit_name

    def parse_code(means: str, answer: str) -> str:
        parse_constant(proposal.kind, proposal.spec, means, answer)
        return answer

    asked = False
    for column in proposal.columns:
        if column.unit == UNDECIDED:
            question = _("In which unit is “{name}”: 元 or 万元?").format(name=column.name)
            column.unit = _ask_until_usable(question, parse_unit, is_required=True)
            asked = True
        for word in [word for word, code in column.words.items() if code == UNDECIDED]:
            shown = column_names(proposal.kind).shown(column.means)
            question = _("What does “{word}” in “{name}” mean for {column}?")
            question = question.format(word=word, name=column.name, column=shown)
            column.words[word] = _ask_until_usable(question, partial(parse_code, column.means)) or UNDECIDED
            asked = True
    return asked


def _ask_until_usable(question: str, parse: Callable[[str], str], *, is_required: bool = False) -> str:
    """Ask until an answer can be parsed, and return the result; Enter returns "", unless an answer is required."""
    while (answer := ask(question)) or is_required:
        try:
            return parse(answer)
        except (_Unusable, BadValue) as error:
            output.narrate(str(error))
    return ""
