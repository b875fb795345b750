"""The drafts of reviewers: what a reviewer typed about a case before deciding it."""

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, select, text, update
from sqlmodel import Session, col

from db.models import CaseRow, DraftRow
from db.queries.published import table_of
from workbench.domain.case.case_id import format_case
from workbench.errors import StorageGone
from workbench.i18n import _
from workbench.services.foundation.context import Service
from workbench.services.foundation.safe_files import replacing
from workbench.services.foundation.site_settings import APP_NAME

_DRAFT = table_of(DraftRow)
_OF_PERSON = (_DRAFT.c.case_id == bindparam("case"), _DRAFT.c.reviewer_id == bindparam("reviewer"))
_LINK = update(_DRAFT).where(*_OF_PERSON).values(decision_id=bindparam("decision_id"))
_OPEN_BODY = select(_DRAFT.c.body).where(*_OF_PERSON, _DRAFT.c.decision_id.is_(None))
_COPY = text(
    """INSERT INTO draft (case_id, reviewer_id, body, saved_at)
    SELECT case_id, :to, body, saved_at FROM draft
    WHERE case_id = :case AND reviewer_id = :from AND decision_id IS NULL
    ON CONFLICT (case_id, reviewer_id) DO UPDATE
    SET body = excluded.body, decision_id = NULL, saved_at = excluded.saved_at WHERE draft.decision_id IS NOT NULL"""
)


class Drafts(Service):
    """The drafts of one person; saving a draft writes no event."""

    def save(self, case_id: int, body: Mapping[str, Any]) -> None:
        """Save the draft of a case, replacing the one saved before.

        Raises:
            StorageGone: If the database was replaced or removed; the message names the file that has the draft.
        """
        try:
            self._save(case_id, body)
        except StorageGone as error:
            if self.context.store.keys is not None:
                # A file of the user would not be encrypted.
                message = _(
                    "{database} was replaced or removed while it was open, so nothing was written into it. "
                    "Your draft is only on the screen: copy what you need, then start the workbench again."
                )
                raise StorageGone(message.format(database=self.context.database.path)) from error
            path = self._save_to_file(case_id, body)
            message = _(
                "{database} was replaced or removed while it was open, so nothing was written into it. "
                "Your draft is in {file}; start the workbench again."
            )
            raise StorageGone(message.format(database=self.context.database.path, file=path)) from error

    def _save(self, case_id: int, body: Mapping[str, Any]) -> None:
        with self.context.write() as session:
            me = self.context.actor.id
            draft = find_draft(session, case_id, me) or DraftRow(case_id=case_id, reviewer_id=me)
            if draft.decision_id is not None and session.get_one(CaseRow, case_id).held_by_id != me:
                # The draft became a decision. A late save must not restore it in the next round.
                return
            draft.body = json.dumps(body, ensure_ascii=False)
            draft.decision_id = None
            draft.saved_at = self.context.now()
            session.add(draft)

    def _save_to_file(self, case_id: int, body: Mapping[str, Any]) -> Path:
        """Write a draft whose database is gone to a file of the user, and return its path."""
        import platformdirs

        folder = Path(platformdirs.user_state_dir(APP_NAME)) / "drafts"
        path = folder / f"{format_case(case_id)}-{os.getpid()}.json"
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with replacing(path, self.context.own_files) as file:
            file.write_text(json.dumps(body, ensure_ascii=False, indent=2), encoding="utf-8")
        return path


def find_draft(session: Session, case_id: int, reviewer_id: int) -> DraftRow | None:
    """Return a person's draft of a case, including one that became a decision."""
    of_person = (col(DraftRow.case_id) == case_id, col(DraftRow.reviewer_id) == reviewer_id)
    return session.execute(select(DraftRow).where(*of_person)).scalar_one_or_none()


def close_draft(session: Session, case_id: int, reviewer_id: int, decision_id: int) -> None:
    """Link a person's draft, if there is one, to the decision that it became."""
    session.connection().execute(_LINK, {"case": case_id, "reviewer": reviewer_id, "decision_id": decision_id})


def reopen_draft(session: Session, case_id: int, reviewer_id: int) -> None:
    """Reopen a person's draft, if there is one, because its decision was returned or voided."""
    session.connection().execute(_LINK, {"case": case_id, "reviewer": reviewer_id, "decision_id": None})


def copy_draft(session: Session, case_id: int, from_id: int, to_id: int) -> None:
    """Copy a person's open draft of a case for another person, unless that person has an open one."""
    session.connection().execute(_COPY, {"case": case_id, "from": from_id, "to": to_id})


def draft_body(session: Session, case_id: int, reviewer_id: int) -> dict[str, Any]:
    """Return the body of a person's open draft, empty if there is none."""
    body = session.connection().execute(_OPEN_BODY, {"case": case_id, "reviewer": reviewer_id}).scalar()
    return {} if body is None else dict(json.loads(body))
