"""Lets a supervisor change the service class or the priority of many cases at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from db.enums import Priority, ServiceClass
from db.queries.published import chunks
from workbench.domain.case.lifecycle import Action
from workbench.errors import NotAllowed, NotFound, WorkbenchError, WrongUsage
from workbench.services.acts.act import checked
from workbench.services.deadlines.rescheduling import Rescheduling, class_columns, priority_columns
from workbench.services.foundation.context import Service
from workbench.services.queue.assignment import CHUNK, RefusedCase


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkChange:
    """The cases that were changed at once, and those that were refused, in the order of the request."""

    changed: tuple[int, ...] = ()
    refused: tuple[RefusedCase, ...] = ()


class BulkChanges(Service):
    """Changes many cases, each as `Rescheduling` changes one; a refused case does not stop the others."""

    def change_classes(self, case_ids: Sequence[int], service_class: ServiceClass, reason: str) -> BulkChange:
        """Change the service class of many cases.

        Raises:
            NotAllowed: If the person is not a supervisor.
            WrongUsage: If the reason is missing or too long.
        """
        return self._change(case_ids, Action.CLASS, reason, class_columns(service_class))

    def change_priorities(self, case_ids: Sequence[int], priority: Priority, reason: str) -> BulkChange:
        """Change the priority of many cases.

        Raises:
            NotAllowed: If the person is not a supervisor.
            WrongUsage: If the reason is missing or too long.
        """
        return self._change(case_ids, Action.PRIORITY, reason, priority_columns(priority))

    def _change(self, case_ids: Sequence[int], action: Action, reason: str, changes: Mapping[str, Any]) -> BulkChange:
        changed: list[int] = []
        refused: list[RefusedCase] = []
        with self.context.acting(action, case_ids[0] if len(case_ids) == 1 else None):
            checked(action, reason)
            for chunk in chunks(tuple(dict.fromkeys(case_ids)), CHUNK):
                try:
                    with self.context.write() as session:
                        done = self._change_chunk(session, chunk, action, reason, changes)
                except WorkbenchError as error:
                    # This transaction was rolled back; the earlier ones are committed.
                    done = BulkChange(refused=tuple(RefusedCase(case_id=one, why=str(error)) for one in chunk))
                changed += done.changed
                refused += done.refused
        return BulkChange(changed=tuple(changed), refused=tuple(refused))

    def _change_chunk(
        self, session: Session, chunk: Sequence[int], action: Action, reason: str, changes: Mapping[str, Any]
    ) -> BulkChange:
        """Change the cases of one transaction; a refused case is refused before any part of it is written."""
        changed: list[int] = []
        refused: list[RefusedCase] = []
        one_case = Rescheduling(self.context)
        for case_id in chunk:
            try:
                one_case.change_in(session, case_id, action, reason, changes)
                changed.append(case_id)
            except (NotAllowed, NotFound, WrongUsage) as error:
                refused.append(RefusedCase(case_id=case_id, why=str(error)))
                self.context.log_refusal(session, action, error, case_id)
        return BulkChange(changed=tuple(changed), refused=tuple(refused))
