"""Templates of files to import: how each column is filled in, and example files that can be imported as they are."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from db.enums import ImportKind
from workbench.domain.values.provinces import PROVINCES
from workbench.errors import CannotCreate, WrongUsage
from workbench.i18n import N_, _, comma_joined, current_language
from workbench.services.files.reading import kinds
from workbench.services.files.reading.headers import COLUMNS_FILE, columns_file
from workbench.services.files.reading.rejects import TABLE_FORMATS
from workbench.services.files.reading.sheets.names import IMPORT_ORDER, kind_name
from workbench.services.foundation.context import Service
from workbench.services.foundation.safe_files import cannot_write, replacing

CALENDAR = '{"year": 2026, "days": [{"name": "元旦", "date": "2026-01-01", "isOffDay": true}]}\n'
"""An example of a calendar."""

_DOCUMENT = COLUMNS_FILE.parent / "demo" / "documents" / "licence.png"
_FLAG_WORDS = {"yes": "是", "no": "否"}

_HINTS = {
    "province": N_("A province, in Chinese or English: {names}."),
    kinds.DAY: N_("A date such as 2026-11-03."),
    kinds.INSTANT_OR_DAY: N_("A date such as 2026-11-03."),
    kinds.INSTANT: N_("A date with its time, such as 2026-11-03 09:05."),
    kinds.VALID_TO: N_("A date such as 2026-11-03, or long-term."),
    kinds.PHONES: N_("Several numbers with ; between them."),
    kinds.MONEY: N_("An amount in yuan."),
    kinds.PATH: N_("The name of the file beside this one, or its path from here."),
}

_SUFFIXES = {ImportKind.WORKBOOK: (".xlsx",), ImportKind.CALENDAR: (".json",), ImportKind.FOLDER: ("",)}
"""The extensions of the formats of some kinds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnGuide:
    """How a column is filled in.

    Attributes:
        required: The columns of which one must have a value, this one among them; empty if it may stay empty.
        choices: The codes to choose from, each with its Chinese word; empty if any value is accepted.
        hint: How a value is written, '' if no hint is needed.
        example: A value that is accepted, '' for a column that the example row leaves empty.
    """

    name: str
    chinese: str
    required: tuple[str, ...]
    choices: Mapping[str, str]
    hint: str
    example: str

    @property
    def need(self) -> str:
        """Whether the column is required, in words: `yes`, the columns of which one is, or ''."""
        return _("yes") if self.required == (self.name,) else _(" or ").join(self.required)

    @property
    def values(self) -> str:
        """What is accepted, in words: the codes, how a value is written, or an example."""
        codes = comma_joined(f"{code} {word}" for code, word in self.choices.items())
        return codes or self.hint or (self.example and _("such as {value}").format(value=self.example))


def kinds_within(kind: ImportKind) -> tuple[ImportKind, ...]:
    """Return the kinds of the sheets of an example workbook or of the files of an example folder, else `kind` alone."""
    # An appeal needs a case that has failed.
    together = tuple(one for one in IMPORT_ORDER if one is not ImportKind.APPEALS)
    return together if kind in (ImportKind.WORKBOOK, ImportKind.FOLDER) else (kind,)


def column_guides(kind: ImportKind) -> list[ColumnGuide]:
    """Return how the columns of a kind of file are filled in."""
    sets = kinds.kind_spec(kind, ZoneInfo("UTC")).required
    texts = columns_file()["columns"][kind.value]
    names = [starred.removesuffix("*") for starred in kinds.COLUMN_TYPES[kind]]
    return [
        ColumnGuide(
            name=name,
            chinese=texts[name]["zh"],
            required=tuple(sorted(next((columns for columns in sets if name in columns), ()))),
            choices=_choices(column_type),
            hint=_(_HINTS.get(name) or _HINTS.get(column_type) or " ").format(names=comma_joined(PROVINCES)).strip(),
            example=texts[name].get("example", ""),
        )
        for name, column_type in zip(names, kinds.COLUMN_TYPES[kind].values(), strict=True)
    ]


def _choices(column_type: kinds.ColumnType) -> Mapping[str, str]:
    """Return the codes of a column of choices, each with a Chinese word that an import understands."""
    if column_type is kinds.FLAG:
        return _FLAG_WORDS
    words = columns_file()["values"].get(column_type.section, {})
    return {code.value: words[code.value][0] for code in column_type.codes or ()}


class Templates(Service):
    """Writes example files for one person."""

    def write(self, kind: ImportKind, wanted: Path | None) -> Path:
        """Write an example, and return its path; an example of documents has its document in a folder beside it.

        Without a path the example is named by its kind in the working folder. Only a file that was named is replaced.

        Raises:
            WrongUsage: If the name does not have the extension of a format.
            CannotCreate: If a file cannot be written, or is there already and was not named.
        """
        suffixes = _SUFFIXES.get(kind, (".csv", ".xlsx"))
        path = wanted or Path(kind.value + suffixes[0])
        inside = {one: path / f"{one.value}.csv" for one in kinds_within(kind)} if kind is ImportKind.FOLDER else {}
        for taken in filter(Path.exists, [path] if wanted is None else inside.values()):
            message = _("{path} is there already; name another file with -o.")
            if inside:
                message = _("{path} is there already; name another folder with -o.")
            raise CannotCreate(message.format(path=taken))
        if inside:
            _make_folder(path)
            for one, file in inside.items():
                self.write(one, file)
            return path
        if path.suffix.lower() not in suffixes:
            message = _("The format of a template is in its name; name it like {name}.")
            raise WrongUsage(message.format(name=path.with_suffix(suffixes[0]).name))
        with replacing(path, self.context.own_files) as draft:
            if kind is ImportKind.CALENDAR:
                draft.write_text(CALENDAR, encoding="utf-8")
            else:
                _write_tables(draft, kind, is_sheet=path.suffix.lower() == ".xlsx")
        if ImportKind.DOCUMENTS in kinds_within(kind):
            document = path.parent / columns_file()["columns"]["documents"]["path"]["example"]
            _make_folder(document.parent)
            if not document.exists():
                with replacing(document, self.context.own_files) as draft:
                    shutil.copyfile(_DOCUMENT, draft)
        return path


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error


def _write_tables(path: Path, kind: ImportKind, *, is_sheet: bool) -> None:
    """Write the header and the example row of each kind, in the current language."""
    with TABLE_FORMATS["xlsx" if is_sheet else "csv"](path) as put:
        for one in kinds_within(kind):
            guides, is_chinese = column_guides(one), current_language() == "zh"
            header = tuple(guide.chinese if is_chinese else guide.name for guide in guides)
            row = tuple(
                guide.choices.get(guide.example, guide.example) if is_chinese else guide.example for guide in guides
            )
            sheet = (kind_name(one), header)
            if not is_sheet:
                # Only a new sheet gets its header by itself.
                put(sheet, header, "")
            put(sheet, row, "")
