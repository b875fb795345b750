"""Keeps the maps of a database as text files in its store, so that all people import with the same maps."""

import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from db.access import make_folder, new_file, sync
from db.enums import DocumentKind, ImportKind
from workbench.errors import BadConfiguration, NotFound, WorkbenchError, WrongUsage
from workbench.i18n import _
from workbench.services.files.reseller_sheets.map_text import map_text
from workbench.services.files.reseller_sheets.mapped_source import MappedSheet, sources_of
from workbench.services.files.reseller_sheets.proposal import Proposal
from workbench.services.files.reseller_sheets.proposing import propose
from workbench.services.files.reseller_sheets.sheet_map import (
    MAPPED_KINDS,
    WORKBOOK_KINDS,
    SheetMap,
    parse_kept,
    parse_map,
)
from workbench.services.foundation.context import Service
from workbench.services.foundation.file_store import Store
from workbench.services.foundation.safe_files import cannot_write, read_whole

_NAME = re.compile(r"\w[\w-]{0,59}")
_SUFFIX, _PROPOSAL_SUFFIX = ".toml", ".proposal.toml"
"""The ends of file names, after the name and the kind of a map."""

_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLine:
    """A map as lists show it."""

    name: str
    kind: str
    file: Path
    text: str
    is_proposed: bool
    """Whether nobody has accepted the map yet."""
    agent: str
    problem: str
    """Why the map cannot be used; empty if it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPreview:
    """The result of reading a sheet with a map: the line of the header, the count of records, and skipped lines."""

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

    def find(self, name: str, kind: ImportKind) -> list[SheetMap]:
        """Read the map of a name for a kind, or all its maps for a workbook; somebody may have edited the files.

        Raises:
            WrongUsage: If the name is not valid for a map, or files of the kind have no maps.
            BadConfiguration: If a map has an error.
        """
        if kind not in MAPPED_KINDS and kind is not ImportKind.WORKBOOK:
            raise WrongUsage(_("--map does not apply to {kind}; leave it out.").format(kind=kind.value))
        kinds = sorted(MAPPED_KINDS) if kind is ImportKind.WORKBOOK else [kind]
        files = {each: file for each in kinds if (file := self._file(name, each)).exists()}
        return [self._parsed(file, name, each) for each, file in files.items()]

    def propose(self, name: str, kind: ImportKind, path: Path, encoding: str | None, agent: str) -> list[Proposal]:
        """Propose maps for a file, one for each kind in a workbook, with the answers kept earlier; nothing is written.

        Raises:
            NotAllowed: If the person is not an admin.
            BadData: If the file cannot be read.
            BadConfiguration: If somebody edited the kept proposal, and it is not TOML, or has an unknown key or column.
        """
        with self.context.as_admin("import"):
            kinds = WORKBOOK_KINDS if kind is ImportKind.WORKBOOK else (kind,)
            files = {each: file for each in kinds if (file := self._file(name, each, _PROPOSAL_SUFFIX)).exists()}
            kept = {each: parse_kept(_read(file), str(file)) for each, file in files.items()}
            names = {each: {*kept[each].columns, *kept[each].ignored} if each in kept else set() for each in kinds}
            proposals = propose(name, names, path, encoding, agent, self._document_names())
        for proposal in proposals:
            if content := kept.get(proposal.kind):
                content = replace(content, agent=proposal.agent) if agent else content
                proposal.resume(content, str(files[proposal.kind]))
        return proposals

    def keep(self, proposal: Proposal) -> Path:
        """Write a proposal, which somebody may edit and accept, and return its file.

        Raises:
            NotAllowed: If the person is not an admin.
            CannotCreate: If it cannot be written.
        """
        file = self._file(proposal.name, proposal.kind, _PROPOSAL_SUFFIX)
        with self.context.as_admin("map-propose"):
            self._write(file, map_text(proposal))
        return file

    def confirm(self, proposals: Sequence[Proposal]) -> list[SheetMap]:
        """Put proposals into use that a person has confirmed; all have the same name.

        Raises:
            NotAllowed: If the person is not an admin.
            BadConfiguration: If a proposal has an error or is undecided; the proposals are kept.
            CannotCreate: If it cannot be written.
        """
        for proposal in proposals:
            self.keep(proposal)
        return self._accept(proposals[0].name, [proposal.kind for proposal in proposals])

    def accept(self, name: str) -> list[SheetMap]:
        """Put the kept proposals of a name into use, one for each kind; all of them or none.

        Raises:
            NotAllowed: If the person is not an admin.
            NotFound: If there is no proposal.
            BadConfiguration: If a proposal has an error or is undecided.
        """
        kinds = [kind for kind in sorted(MAPPED_KINDS) if self._file(name, kind, _PROPOSAL_SUFFIX).exists()]
        return self._accept(name, kinds)

    def _accept(self, name: str, kinds: Sequence[ImportKind]) -> list[SheetMap]:
        with self.context.as_admin("map-accept"):
            if not kinds:
                message = _("No map is proposed as {name}; `workbench import KIND FILE --map {name}` proposes one.")
                raise NotFound(message.format(name=name))
            proposed = [self._file(name, kind, _PROPOSAL_SUFFIX) for kind in kinds]
            accepted = [self._parsed(file, name, kind) for file, kind in zip(proposed, kinds, strict=True)]
            for file, layout in zip(proposed, accepted, strict=True):
                target = self._file(name, layout.content.kind)
                try:
                    file.replace(target)
                    sync(self.folder)
                except OSError as error:
                    raise cannot_write(target, error) from error
                body = {"map": name, "kind": layout.content.kind.value, "sha256": layout.sha256}
                self.context.log_alone("map-accept", body=body)
        return accepted

    def lines(self, name: str | None = None) -> tuple[MapLine, ...]:
        """Return the maps and the proposals, of one name or of all.

        Raises:
            NotFound: If there are none of that name.
        """
        names = self._document_names()
        lines = [_line(file, names) for file in sorted(self.folder.glob(f"*{_SUFFIX}"))]
        if name is None:
            return tuple(lines)
        found = tuple(line for line in lines if line.name == name)
        if not found:
            raise NotFound(_("There is no map {name}; `workbench maps` lists them.").format(name=name))
        return found

    def preview(
        self, path: Path, layouts: Sequence[SheetMap], encoding: str | None
    ) -> tuple[list[SheetPreview], list[str]]:
        """Return the results of reading the sheets of a file with maps, and the names of the sheets without a map.

        Raises:
            FileProblem: If the file does not fit the maps.
        """
        sources = sources_of(path, layouts, encoding)
        with closing(sources[0]):
            found = []
            for source in sources:
                with source.table(source.layout.column_names.knows) as table:
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
        return found, [name for name in visible if name not in read]

    def _parsed(self, file: Path, name: str, kind: ImportKind) -> SheetMap:
        return parse_map(_read(file), name, kind, str(file), self._document_names())

    def _document_names(self) -> Mapping[str, DocumentKind]:
        """Return the kinds of documents by the names that the policy gives them, which an import accepts too."""
        with self.context.read() as session:
            return self.context.policy(session).documents.kinds_by_name()

    def _file(self, name: str, kind: ImportKind, suffix: str = _SUFFIX) -> Path:
        if not _NAME.fullmatch(name):
            raise WrongUsage(_("“{name}” cannot be the name of a map; use letters, digits, - and _.").format(name=name))
        return self.folder / f"{name}.{kind.value}{suffix}"

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


def _line(file: Path, document_names: Mapping[str, DocumentKind]) -> MapLine:
    """Return a map as lists show it."""
    is_proposed = file.name.endswith(_PROPOSAL_SUFFIX)
    name, _dot, kind = file.name.removesuffix(_PROPOSAL_SUFFIX if is_proposed else _SUFFIX).partition(".")
    text = agent = problem = ""
    try:
        text = _read(file)
        agent = parse_map(text, name, ImportKind(kind), str(file), document_names).content.agent
    except WorkbenchError as error:
        problem = str(error)
    except ValueError:
        problem = _("{file} is not named like a map: NAME.KIND.toml.").format(file=file)
    return MapLine(name=name, kind=kind, file=file, text=text, is_proposed=is_proposed, agent=agent, problem=problem)


def _read(file: Path) -> str:
    try:
        return read_whole(file, _MOST_BYTES).decode()
    except UnicodeDecodeError as error:
        raise BadConfiguration(_("{file} is not UTF-8; save it again as UTF-8.").format(file=file)) from error
