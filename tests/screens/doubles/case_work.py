"""The services that work on cases, in memory: holds, drafts and remarks."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from db.enums import CaseState, ChecklistValue, ContactChannel, VerificationKind
from workbench.domain.case.casefile import CaseFile, NoNextCase
from workbench.domain.case.records import ChangesSinceSeen, NoticeLine, VerificationLine
from workbench.domain.policy.settings import Department
from workbench.services.case.casefiles import CaseFiles
from workbench.services.case.drafts import Drafts
from workbench.services.foundation.case_access import LostHold
from workbench.services.outbox.outbox import Notices
from workbench.services.queue.claims import Claims
from workbench.services.queue.taking import Taking
from workbench.services.records.auditing.readings import Readings
from workbench.services.review.inquiries import Inquiries
from workbench.services.review.remarks import Remarks

if TYPE_CHECKING:
    from tests.screens.doubles.services import MemoryServices

HOLD = timedelta(minutes=30)


class MemoryClaims(Claims):
    """Holds in memory."""

    def __init__(self, services: "MemoryServices") -> None:
        self._services = services

    def next(self, filter_text: str = "") -> CaseFile | NoNextCase:  # noqa: ARG002 - the signature of the service
        with self._services.lock:
            for state in (CaseState.IN_REVIEW, CaseState.QUEUED):
                for case_id, found in self._services.files.items():
                    if found.header.state is state and found.header.aside_until is None:
                        self._services.hold(case_id)
                        return self._services.show(case_id)
        return self._services.empty

    def renew(self, case_id: int) -> datetime | None:
        self._services.log.append(("renew", case_id))
        return None if self._services.renewal_is_lost else self._services.clocks.now() + HOLD

    def loss(self, case_id: int, fence: int) -> LostHold | None:  # noqa: ARG002 - the signature of the service
        return self._services.loss

    def release(self, case_id: int) -> None:
        self._services.log.append(("release", case_id))
        self._services.change(case_id, state=CaseState.QUEUED, held_by=None, held_until=None)

    def skip(self, case_id: int, reason: str) -> None:
        self._services.log.append(("skip", case_id, reason))
        self._services.change(case_id, state=CaseState.PENDING, held_by=None, held_until=None)

    def aside(self, case_id: int, until: datetime | None = None) -> datetime:
        self._services.log.append(("aside", case_id, until))
        ends = until or self._services.clocks.now() + timedelta(hours=2)
        self._services.change(case_id, aside_until=ends)
        return ends

    def explain(self, case_id: int) -> tuple[str, ...]:
        return ("Priority high, class standard, risk high [/b].", f"Due on the second working day, C-{case_id:06}.")


class MemoryCaseFiles(CaseFiles):
    """Cases in memory, as the screens read them."""

    def __init__(self, services: "MemoryServices") -> None:
        self._services = services

    def show_current(self, case_id: int) -> CaseFile:
        return self.show(case_id)

    def show(self, case_id: int) -> CaseFile:
        return self._services.show(case_id)

    def changed_since(self, case: CaseFile) -> CaseFile | None:
        now = self.show(case.header.id)
        return None if (now.header.version, now.history) == (case.header.version, case.history) else now

    def evidence_changes_since(self, case_id: int, seen_no: int) -> ChangesSinceSeen:
        is_same = self._services.files[case_id].header.evidence_no == seen_no
        policy = self._services.policy_news
        return ChangesSinceSeen() if is_same else ChangesSinceSeen(has_evidence=not policy, policy=policy)

    def reveal(self, case_id: int, field: str) -> str:
        self._services.log.append(("reveal", case_id, field))
        return self._clear(case_id)[field]

    def reveal_identity(self, case_id: int) -> dict[str, str]:
        self._services.log.append(("reveal", case_id, "identity"))
        return self._clear(case_id)

    def _clear(self, case_id: int) -> dict[str, str]:
        found = self._services.evidence[case_id]
        names = ("legal_rep_name", "legal_rep_id_no", "handler_name", "handler_id_no", "contact_phone")
        values = {name: str(getattr(found.application, name)) for name in names}
        return values | {f"msisdn:{index}": card.msisdn for index, card in enumerate(found.cards)}


class MemoryReadings(Readings):
    """Readings that no log keeps."""

    def __init__(self) -> None:
        pass

    def record(self, case_id: int) -> bool:  # noqa: ARG002 - as the service
        return True


class MemoryDrafts(Drafts):
    """Drafts in memory."""

    def __init__(self, services: "MemoryServices") -> None:
        self._services = services

    def save(self, case_id: int, body: Mapping[str, Any]) -> None:
        self._services.saved[case_id] = dict(body)


class MemoryRemarks(Remarks):
    """Comments, verifications and checklist answers in memory."""

    def __init__(self, services: "MemoryServices") -> None:
        self._services = services

    def comment(self, case_id: int, text: str) -> None:
        self._services.log.append(("comment", case_id, text))

    def contact(self, case_id: int, channel: ContactChannel, text: str) -> None:
        self._services.log.append(("contact", case_id, channel, text))

    def verify(self, case_id: int, kind: VerificationKind, result: str) -> None:
        line = VerificationLine(
            kind=kind.value, result=result, by=self._services.actor.login, at=self._services.clocks.now()
        )
        self._services.files[case_id] = replace(self._services.files[case_id], verifications=(line,))

    def checklist(self, case_id: int, question: str, answer: ChecklistValue, note: str = "") -> None:  # noqa: ARG002 - the signature of the service
        lines = tuple(
            replace(line, answer=answer.value) if line.question == question else line
            for line in self._services.files[case_id].checklist
        )
        self._services.files[case_id] = replace(self._services.files[case_id], checklist=lines)


class MemoryInquiries(Inquiries):
    """The departments that the default policy names."""

    def __init__(self, services: "MemoryServices") -> None:
        self._services = services

    def departments(self) -> Mapping[str, Department]:
        return next(iter(self._services.files.values())).policy.departments


class MemoryTaking(Taking):
    """Lets anybody take any case."""

    def __init__(self, services: "MemoryServices") -> None:
        self._services = services

    def why_not(self, case_id: int) -> str:  # noqa: ARG002 - the signature of the service
        return ""

    def own_skip(self, case_id: int) -> str:  # noqa: ARG002 - the signature of the service
        return ""

    def take(self, case_id: int, reason: str) -> CaseFile:
        self._services.log.append(("take", case_id, reason))
        self._services.hold(case_id)
        return self._services.show(case_id)


class MemoryNotices(Notices):
    """No letters."""

    def __init__(self) -> None:
        """Keep nothing."""

    def list(
        self,
        case_id: int | None = None,  # noqa: ARG002 - the signature of the service
        *,
        unsent: bool = False,  # noqa: ARG002 - the signature of the service
        overdue: bool = False,  # noqa: ARG002 - the signature of the service
    ) -> tuple[NoticeLine, ...]:
        return ()
