"""Lets a supervisor change the service class or the priority of many cases at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from db.enums import Priority, ServiceClass
from workbench.domain.case.lifecycle import Action
from workbench.services.acts.act import checked_act_reason
from workbench.services.acts.many_cases import RefusedCase, act_on_many
from workbench.services.foundation.context import Service
from workbench.services.time.deadlines.rescheduling import Rescheduling, class_columns, priority_columns


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkResult:
    """The cases that were changed, and those that were refused, in the order of the request."""

    changed: tuple[int, ...] = ()
    refused: tuple[RefusedCase, ...] = ()


class BulkChanges(Service):
    """Changes many cases, each as `Rescheduling` changes one; a refused case does not stop the others."""

    def change_classes(self, case_ids: Sequence[int], service_class: ServiceClass, reason: str) -> BulkResult:
        """Change the service class of many cases.

        Raises:
            NotAllowed: If the person is not a supervisor.
            WrongUsage: If the reason is missing or too long.
        """
        return self._change(case_ids, Action.CLASS, reason, class_columns(service_class))

    def change_priorities(self, case_ids: Sequence[int], priority: Priority, reason: str) -> BulkResult:
        """Change the priority of many cases.

        Raises:
            NotAllowed: If the person is not a supervisor.
            WrongUsage: If the reason is missing or too long.
        """
        return self._change(case_ids, Action.PRIORITY, reason, priority_columns(priority))

    def _change(self, case_ids: Sequence[int], action: Action, reason: str, changes: Mapping[str, Any]) -> BulkResult:
        change = partial(Rescheduling(self.context).change_in, action=action, reason=reason, changes=changes)
        with self.context.acting(action, case_ids[0] if len(case_ids) == 1 else None):
            checked_act_reason(action, reason)
            _done, refused = act_on_many(self.context, action, case_ids, lambda session: partial(change, session))
        refused_ids = {one.case_id for one in refused}
        changed = tuple(case_id for case_id in dict.fromkeys(case_ids) if case_id not in refused_ids)
        return BulkResult(changed=changed, refused=refused)
