"""The maps of a database: text files in its store, so that everybody who imports uses the same ones."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from db.access import make_folder, new_file, sync
from db.enums import ImportKind
from workbench.errors import BadConfiguration, NotFound, WorkbenchError, WrongUsage
from workbench.i18n import _
from workbench.services.foundation.context import Service
from workbench.services.foundation.file_store import Store
from workbench.services.foundation.safe_files import cannot_write, read_whole
from workbench.services.reseller_sheets.map_text import map_text
from workbench.services.reseller_sheets.mapped_source import MappedSheet, sources_of
from workbench.services.reseller_sheets.proposal import Proposal, propose
from workbench.services.reseller_sheets.sheet_map import MAPPED_KINDS, SheetMap, parse_map

_NAME = re.compile(r"\w[\w-]{0,59}")
_SUFFIX, _PROPOSAL_SUFFIX = ".toml", ".proposal.toml"
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLine:
    """One map in a list: its file, whether it is only proposed, and what is wrong in it, '' if nothing is."""

    name: str
    file: Path
    is_proposed: bool
    kind: str
    agent: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPreview:
    """What a map makes of a sheet: the line of the header, the number of records, and the lines that are left out."""

    sheet: str
    header_line: int
    records: int
    skipped: Sequence[int]


class Maps(Service):
    """Keeps the maps for one person."""

    @property
    def folder(self) -> Path:
        """The folder of the maps."""
        return self.context.store.maps

    def find(self, name: str) -> SheetMap | None:
        """Return the map of a name, None if there is none; it may have been edited since it was accepted.

        Raises:
            WrongUsage: If this cannot be the name of a map.
            BadConfiguration: If something in it is wrong.
        """
        file = self._file(name)
        return parse_map(_read(file), name, str(file)) if file.exists() else None

    def propose(self, name: str, kind: ImportKind, path: Path, encoding: str | None, agent: str) -> Proposal:
        """Return a proposal for a file; nothing is written.

        Raises:
            NotAllowed: If the person is not an admin.
            WrongUsage: If this cannot be the name of a map, or there are no maps for the kind.
            BadData: If the file cannot be read.
        """
        self._file(name)
        if kind not in MAPPED_KINDS:
            raise WrongUsage(_("--map does not apply to {kind}; leave it out.").format(kind=kind.value))
        with self.context.as_admin("import"):
            return propose(name, kind, path, encoding, agent)

    def keep(self, proposal: Proposal) -> Path:
        """Write a proposal for somebody to edit and accept; return its file.

        Raises:
            NotAllowed: If the person is not an admin.
            CannotCreate: If it cannot be written.
        """
        file = self._file(proposal.name, _PROPOSAL_SUFFIX)
        with self.context.as_admin("map-propose"):
            self._write(file, map_text(proposal))
        return file

    def confirm(self, proposal: Proposal) -> SheetMap:
        """Put a proposal that a person has confirmed into use.

        Raises:
            NotAllowed: If the person is not an admin.
            BadConfiguration: If something is wrong or undecided; the proposal is kept.
            CannotCreate: If it cannot be written.
        """
        self.keep(proposal)
        return self.accept(proposal.name)

    def accept(self, name: str) -> SheetMap:
        """Put a kept proposal into use.

        Raises:
            NotAllowed: If the person is not an admin.
            NotFound: If there is no proposal.
            BadConfiguration: If something in it is wrong or undecided.
        """
        proposal = self._file(name, _PROPOSAL_SUFFIX)
        with self.context.as_admin("map-accept"):
            if not proposal.exists():
                message = _("There is no proposal {file}; `workbench import KIND FILE --map {name}` makes one.")
                raise NotFound(message.format(file=proposal, name=name))
            accepted = parse_map(_read(proposal), name, str(proposal))
            try:
                proposal.replace(self._file(name))
                sync(self.folder)
            except OSError as error:
                raise cannot_write(self._file(name), error) from error
            self.context.log_alone("map-accept", body={"map": name, "sha256": accepted.sha256})
        return accepted

    def lines(self) -> tuple[MapLine, ...]:
        """Return the maps and the proposals, by name."""
        return tuple(map(_line, sorted(self.folder.glob(f"*{_SUFFIX}"))))

    def text(self, name: str) -> str:
        """Return the text of a map, else of its proposal.

        Raises:
            NotFound: If there is none.
        """
        for suffix in (_SUFFIX, _PROPOSAL_SUFFIX):
            if (file := self._file(name, suffix)).exists():
                return _read(file)
        raise NotFound(_("There is no map {name}; `workbench maps` lists them.").format(name=name))

    def preview(self, path: Path, layout: SheetMap, encoding: str | None) -> tuple[list[SheetPreview], list[str]]:
        """Return what a map makes of the sheets of a file, and the names of the sheets that it leaves alone.

        Raises:
            FileProblem: If the file does not fit the map.
        """
        sources = sources_of(path, layout, encoding)
        try:
            found = []
            for source in sources:
                with source.table(layout.known.knows) as table:
                    records = sum(1 for _record in table)
                    found.append(
                        SheetPreview(
                            sheet=source.sheet,
                            header_line=table.header_line,
                            records=records,
                            skipped=tuple(table.skipped),
                        )
                    )
            read = {source.sheet for source in sources}
            visible = sources[0].visible_sheets if isinstance(sources[0], MappedSheet) else []
        finally:
            sources[0].close()
        return found, [name for name in visible if name not in read]

    def _file(self, name: str, suffix: str = _SUFFIX) -> Path:
        if not _NAME.fullmatch(name):
            message = _("“{name}” cannot be the name of a map; use letters, digits, - and _.")
            raise WrongUsage(message.format(name=name))
        return self.folder / f"{name}{suffix}"

    def _write(self, file: Path, text: str) -> None:
        """Replace a file completely."""
        access = self.context.store.access
        draft = file.with_suffix(".draft")
        try:
            make_folder(self.folder, access)
            draft.unlink(missing_ok=True)
            with new_file(draft, access.file_mode) as opened:
                opened.write(text.encode())
            draft.replace(file)
            sync(self.folder)
        except OSError as error:
            raise cannot_write(file, error) from error


def map_files(store: Store) -> list[Path]:
    """Return the files of the maps that are in use."""
    return sorted(file for file in store.maps.glob(f"*{_SUFFIX}") if not file.name.endswith(_PROPOSAL_SUFFIX))


def _line(file: Path) -> MapLine:
    """Return a map as it stands in a list."""
    is_proposed = file.name.endswith(_PROPOSAL_SUFFIX)
    name = file.name.removesuffix(_PROPOSAL_SUFFIX if is_proposed else _SUFFIX)
    try:
        table = parse_map(_read(file), name, str(file)).table
    except WorkbenchError as error:
        return MapLine(name=name, file=file, is_proposed=is_proposed, kind="", agent="", problem=str(error))
    return MapLine(name=name, file=file, is_proposed=is_proposed, kind=table.kind.value, agent=table.agent, problem="")


def _read(file: Path) -> str:
    try:
        return read_whole(file, _MOST_BYTES).decode()
    except UnicodeDecodeError as error:
        raise BadConfiguration(_("{file} is not UTF-8; save it again as UTF-8.").format(file=file)) from error
