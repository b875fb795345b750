"""Writes a whole case to a folder for an auditor: files that other programs can read, and a page for people."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from db.access import new_file, sync
from db.models import DecisionRow
from workbench.domain.case.case_id import format_case, format_decision
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.lifecycle import Action, Actor, role_refusal
from workbench.domain.text.mask import mask_digits_within
from workbench.errors import WrongUsage
from workbench.i18n import _
from workbench.services.case.casefiles import CaseFiles
from workbench.services.case.documents import CopyResult, Documents
from workbench.services.case.known_people import key_of, redaction_of
from workbench.services.case.output_folder import absolute_path, new_folder
from workbench.services.foundation import audit_log
from workbench.services.foundation.audit_log import details
from workbench.services.foundation.case_access import logins_of, visible_case
from workbench.services.foundation.context import Service
from workbench.services.records.auditing.case_records import RecordWriter, rows_of_case
from workbench.services.records.auditing.dossier_page import dossier_page
from workbench.services.records.auditing.seen_cases import SeenCase, case_as_seen, has_snapshot

_EVIDENCE_KEYS = ("identity", "cards", "activity", "credit", "documents", "complaints", "findings", "policy_version")
"""The keys in the JSON of a case that are evidence."""

Files = dict[str, bytes]
"""The contents of files by their paths in the folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierRequest:
    """A dossier of a case to write to a new folder; `reveal` leaves personal values in clear and needs a `reason`."""

    case_id: int
    output: Path
    reveal: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseToJson:
    """The functions that convert cases to JSON, with the documented keys of the commands."""

    case: Callable[[CaseFile], dict[str, Any]]
    seen: Callable[[SeenCase], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierReport:
    """The folder that was written, its number of files, the head of the audit log, and the documents copied."""

    path: Path
    file_count: int
    head_seq: int
    head: str
    documents: tuple[CopyResult, ...]


class Dossiers(Service):
    """Writes dossiers for one person."""

    def write(self, request: DossierRequest, to_json: CaseToJson) -> DossierReport:
        """Write the whole case to a new folder, with one event; nothing is written on a failure.

        A masked dossier has no copies of documents, because their pages show people.

        Raises:
            NotFound: If there is no such case.
            NotAllowed: If the person may not write a dossier, or not reveal personal values.
            WrongUsage: If values are to be revealed without a reason.
            CannotCreate: If the folder is not new or empty, or cannot be written.
        """
        context, case_id = self.context, request.case_id
        with context.requiring(Action.DOSSIER, partial(_refusal, reveal=request.reveal), case_id):
            if request.reveal and not request.reason.strip():
                raise WrongUsage(_("--reveal writes personal data unmasked; give the reason with --reason."))
            casefiles = CaseFiles(context)
            casefile = casefiles.read_revealed(case_id) if request.reveal else casefiles.show(case_id)
            path = absolute_path(request.output)
            with new_folder(path, context.own_files) as folder:
                documents = Documents(context).copy_into(case_id, folder / "documents") if request.reveal else ()
                files, manifest = self._files(request, casefile, to_json)
                _write(folder, files)
                manifest |= {
                    "documents_missing": [one.problem for one in documents if one.problem],
                    "files": _digests(folder),
                }
                _write(folder, {"manifest.json": _json(manifest)})
                digests = _digests(folder)
                sums = "".join(f"{digest}  {name}\n" for name, digest in digests.items())
                _write(folder, {"SHA256SUMS": sums.encode()})
                # The event is written before the folder appears, because an extra event is better than a missing one.
                self._log(request, len(digests), documents)
        head = manifest["audit_head"]
        # The files with a digest, and SHA256SUMS itself.
        return DossierReport(
            path=path, file_count=len(digests) + 1, head_seq=head["seq"], head=head["hash"], documents=documents
        )

    def _log(self, request: DossierRequest, digest_count: int, documents: tuple[CopyResult, ...]) -> None:
        copied = [one.line.sha256 for one in documents if one.state == "written"]
        # An event is never deleted, so it must not contain the number of a person.
        reason = mask_digits_within(request.reason.strip())
        body = {**details(reason=reason, sha256=copied), "files": digest_count, "reveal": request.reveal}
        self.context.log_alone(Action.DOSSIER, case_id=request.case_id, body=body)

    def _files(self, request: DossierRequest, casefile: CaseFile, to_json: CaseToJson) -> tuple[Files, dict[str, Any]]:
        """Return the files of a dossier without copies of documents, and the first part of its manifest."""
        context, case_id = self.context, request.case_id
        with context.read() as session:
            case = visible_case(session, case_id)
            redaction = None if request.reveal else redaction_of(session, key_of(case))
            writer = RecordWriter(zone=context.zone(session), logins=logins_of(session), redaction=redaction)
            records = writer.records(rows_of_case(session, case_id))
            of_case = select(DecisionRow).where(DecisionRow.case_id == case_id).order_by(col(DecisionRow.id))
            decisions = [one for one in session.exec(of_case) if has_snapshot(one)]
            seen = [case_as_seen(session, context, one, is_masked=not request.reveal) for one in decisions]
            head_seq, head = audit_log.last_event(session)
        files = {f"records/{name}.json": _json(rows) for name, rows in records.items()}
        case_document = to_json.case(casefile)
        rounds = {casefile.header.round: case_document}
        for one in seen:
            document = to_json.seen(one)
            files[f"decisions/{format_decision(one.decision.id)}.json"] = _json(document)
            if one.decision.round < casefile.header.round:
                rounds[one.decision.round] = document
        files["case.json"] = _json(case_document)
        for number, document in rounds.items():
            files[f"evidence/round-{number}.json"] = _json({name: document[name] for name in _EVIDENCE_KEYS})
        for notice in records.get("notice", ()):
            name = f"notices/{notice['id']:06}-{notice['kind']}.txt"
            files[name] = f"{notice['subject']}\n\n{notice['body']}\n".encode()
        files["index.html"] = dossier_page(casefile, seen, records, writer.zone).encode()
        return files, {
            "case": format_case(case_id),
            "made_at": context.now().astimezone(writer.zone).isoformat(),
            "made_by": context.actor.login,
            "revealed": request.reveal,
            "reason": request.reason.strip() or None,
            "audit_head": {"seq": head_seq, "hash": head},
            "not_redrawn": {format_decision(one.decision.id): list(one.gaps) for one in seen if one.gaps},
        }


def _refusal(actor: Actor, *, reveal: bool) -> str | None:
    """Return why a person may not write a dossier, None if they may."""
    return role_refusal(Action.DOSSIER, actor) or (role_refusal(Action.REVEAL, actor) if reveal else None)


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a folder and wait until they are on the disk."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with new_file(path) as file:
            file.write(content)
    for parent in {(folder / name).parent for name in files}:
        sync(parent)


def _digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file below a folder by its path, in order."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
