"""Lets a supervisor change the service class or the priority of many cases at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from db.enums import Priority, ServiceClass
from workbench.domain.case.lifecycle import Action
from workbench.services.acts.act import checked_act_reason
from workbench.services.acts.many_cases import RefusedCase, act_on_many
from workbench.services.foundation.context import Service
from workbench.services.time.deadlines.rescheduling import Rescheduling, class_columns, priority_columns


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkChange:
    """The cases that were changed, and those that were refused, in the order of the request."""

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
        one_case = Rescheduling(self.context)

        def begin(session: Session) -> Callable[[int], int]:
            def change(case_id: int) -> int:
                one_case.change_in(session, case_id, action, reason, changes)
                return case_id

            return change

        with self.context.acting(action, case_ids[0] if len(case_ids) == 1 else None):
            checked_act_reason(action, reason)
            changed, refused = act_on_many(self.context, action, case_ids, begin)
        return BulkChange(changed=changed, refused=refused)
