"""Writes the form for applications: a workbook that is filled in and then imported without a map."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from db.enums import ApplicantKind, DocumentKind, ImportKind
from workbench.domain.policy.policy import Policy
from workbench.errors import WrongUsage
from workbench.i18n import _, comma_joined, current_language, with_remark
from workbench.services.files.reading.headers import column_names
from workbench.services.files.reading.sheets.names import kind_name
from workbench.services.files.templates import ColumnGuide, column_guides
from workbench.services.foundation.context import Service
from workbench.services.foundation.safe_files import new_workbook, replacing
from workbench.wording.case.labels import APPLICANT_KIND_WORDS

_SITE_COLUMNS = frozenset({"agent", "first_reviewed_on", "received_at", "sha256"})
"""The columns that the reviewing site fills in, not the applicant."""

_ENTERPRISE_COLUMNS = frozenset(
    {
        "uscc",
        "registered_capital_cny",
        "licence_valid_to",
        "business_scope",
        "legal_rep_name",
        "legal_rep_id_no",
        "legal_rep_id_type",
    }
)
"""The columns that do not apply to a person."""

_ROWS = 1_000
"""The rows whose cells offer the accepted values."""

_COLUMN_CHARACTERS = 20
_MOST_HINT_CHARACTERS = 255
"""The limit of a spreadsheet for the message beside a cell."""

_LISTS = "lists"
"""The name of the hidden sheet."""


class Forms(Service):
    """Writes forms for one person."""

    def write(self, kind: ApplicantKind, path: Path) -> None:
        """Write the form for a kind of applicant, with the documents and service classes of the policy in force.

        Raises:
            WrongUsage: If the file name does not have the extension of a workbook.
            CannotCreate: If the file cannot be written.
        """
        if path.suffix.lower() != ".xlsx":
            raise WrongUsage(
                _("A form is a workbook; name it like {name}.").format(name=path.with_suffix(".xlsx").name)
            )
        with self.context.read() as session:
            policy = self.context.policy(session)
        with replacing(path, self.context.own_files) as draft, new_workbook(draft) as workbook:
            form = _Form(workbook, policy, kind)
            for sheet in (ImportKind.APPLICATIONS, ImportKind.CARDS, ImportKind.DOCUMENTS):
                form.add(sheet)
            form.add_lists()


class _Form:
    """The sheets of one form."""

    def __init__(self, workbook: Any, policy: Policy, kind: ApplicantKind) -> None:
        self._workbook = workbook
        self._policy = policy
        self._kind = kind
        # A spreadsheet keeps all digits of a number only in a text cell.
        self._text = workbook.add_format({"num_format": "@"})
        self._bold = workbook.add_format({"num_format": "@", "bold": True, "bottom": 1})
        self._wrapped = workbook.add_format({"num_format": "@", "italic": True})
        self._lists: list[Sequence[str]] = []

    def add(self, kind: ImportKind) -> None:
        """Add the sheet of a kind: the instructions, the header, and the accepted values of each column."""
        sheet = self._workbook.add_worksheet(kind_name(kind))
        guides = [guide for guide in column_guides(kind) if self._is_asked(kind, guide.name)]
        sheet.set_column(0, len(guides) - 1, _COLUMN_CHARACTERS, self._text)
        sheet.write_string(0, 0, self._title(kind), self._wrapped)
        for column, guide in enumerate(guides):
            name = column_names(kind).shown(guide.name)
            sheet.write_string(1, column, f"{name}*" if guide.required else name, self._bold)
            self._add_validation(sheet, column, guide)
        sheet.freeze_panes(2, 1)

    def add_lists(self) -> None:
        """Add the hidden sheet with the words to choose from, because a list in a cell has at most 255 characters."""
        sheet = self._workbook.add_worksheet(_LISTS)
        sheet.hide()
        for row in range(max(map(len, self._lists))):
            for column, words in enumerate(self._lists):
                if row < len(words):
                    sheet.write_string(row, column, words[row])

    def _is_asked(self, kind: ImportKind, name: str) -> bool:
        """Say whether the applicant fills in a column."""
        is_of_enterprises = kind is ImportKind.APPLICATIONS and name in _ENTERPRISE_COLUMNS
        return name not in _SITE_COLUMNS and not (is_of_enterprises and self._kind is ApplicantKind.INDIVIDUAL)

    def _choices(self, guide: ColumnGuide) -> Sequence[str]:
        """Return the words to choose from, those in the policy first."""
        codes: Iterable[str] = guide.choices
        if guide.name == "applicant_kind":
            codes = (self._kind,)
        elif guide.name == "service_class":
            codes = self._policy.classes.days
        elif guide.name == "kind":
            required = [code for code, _condition in self._required()]
            codes = dict.fromkeys([*required, *self._policy.documents.names])
        return [guide.choices[code] if current_language() == "zh" else code for code in codes]

    def _required(self) -> Iterator[tuple[DocumentKind, str]]:
        """Yield the documents that are required of this kind of applicant, each with its condition, '' without one."""
        yield from ((code, "") for code in self._policy.documents.required.get(self._kind, ()))
        for special in self._policy.special:
            facts = dict(special.conditions)
            if self._kind in facts.pop("applicant_kind", (self._kind,)):
                shown_names = column_names(ImportKind.APPLICATIONS).shown
                when = "; ".join(f"{shown_names(fact)} = {' / '.join(values)}" for fact, values in facts.items())
                yield from ((code, when) for code in special.documents)

    def _add_validation(self, sheet: Any, column: int, guide: ColumnGuide) -> None:
        rule: dict[str, Any] = {"validate": "any"}
        if choices := self._choices(guide):
            from xlsxwriter.utility import xl_range_abs

            area = xl_range_abs(0, len(self._lists), len(choices) - 1, len(self._lists))
            rule = {"validate": "list", "source": f"={_LISTS}!{area}"}
            self._lists.append(choices)
        if guide.hint:
            rule["input_message"] = guide.hint[:_MOST_HINT_CHARACTERS]
        if len(rule) > 1:
            sheet.data_validation(2, column, _ROWS + 1, column, rule)

    def _title(self, kind: ImportKind) -> str:
        applicant = _(APPLICANT_KIND_WORDS[self._kind])
        if kind is ImportKind.APPLICATIONS:
            title = _("Applications, {applicant}: one row for each; columns with * are required, dates are 2026-11-03.")
            return title.format(applicant=applicant)
        if kind is ImportKind.CARDS:
            return _("One row for each number: who uses it, and the SIM card.")
        names = self._policy.documents.names
        title = _(
            "Required of each application, {applicant}: {documents}. One row for each file, beside this workbook."
        )
        named = [(names[code].in_language(current_language()), when) for code, when in self._required()]
        documents = (with_remark(name, when) for name, when in named)
        return title.format(applicant=applicant, documents=comma_joined(dict.fromkeys(documents)))
