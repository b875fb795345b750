"""What the reviewers of the demo do with the cases that they are given."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from db.enums import ChecklistValue, FailKind, Measure, Verdict, VerificationKind
from workbench.domain.case.casefile import CaseFile, Empty, VerdictRequest
from workbench.errors import NothingAvailable
from workbench.i18n import _
from workbench.services.demo import fixtures
from workbench.services.demo.plan import DemoCase, Planned
from workbench.services.demo.stage import Stage
from workbench.services.wiring import Services

_SEED = "workbench demo 2"
_LOOKED_MINUTES = (4, 13)
_NOTED_BEFORE = timedelta(minutes=2)
_UNDONE_AFTER = timedelta(seconds=41)
_AGAIN_AFTER = timedelta(minutes=4)
_VERDICTS = {"pass": Verdict.PASS, "fix": Verdict.FAIL, "final": Verdict.FAIL, "wait": Verdict.PENDING}
_KINDS = {"fix": FailKind.FIXABLE, "final": FailKind.FINAL}

VERDICTS = frozenset(_VERDICTS)
"""The steps that end with a verdict."""

Todo = dict[str, tuple[DemoCase, Planned]]
"""What a reviewer is to do on one day, by application number."""


def remark(words: Mapping[str, Any], no: int, *path: str) -> str:
    """Return one of the things that people write, a case's own."""
    for name in path:
        words = words[name]
    return str(words[no % len(words)])  # type: ignore[index]  # the last step leads to a list


@dataclass(frozen=True, slots=True)
class Reviewing:
    """Reviewers at work; each takes what `next` gives."""

    stage: Stage

    def take(self, login: str) -> CaseFile:
        """Let a reviewer take the next case.

        Raises:
            NothingAvailable: If there is none.
        """
        taken = self.stage.offices[login].claims.next()
        if isinstance(taken, Empty):
            raise NothingAvailable(_("There is no case for {login}.").format(login=login))
        return taken

    def work(self, login: str, todo: Todo, at: datetime) -> None:
        """Let a reviewer take a case and do with it what is planned, at a time."""
        clock, services = self.stage.clock, self.stage.offices[login]
        # Made-up minutes need no secrecy.
        chance = random.Random(f"{_SEED} {login} {len(todo)} {min(todo)}")  # noqa: S311
        clock.at = at - timedelta(minutes=chance.randint(*_LOOKED_MINUTES))
        taken = self.take(login)
        case, planned = todo.pop(taken.header.application_no)
        clock.at = at - _NOTED_BEFORE
        if planned.what == "skip":
            services.claims.skip(taken.header.id, fixtures.table("remarks")["skipped"])
        elif planned.what == "release":
            services.remarks.comment(taken.header.id, fixtures.table("remarks")["resumed"])
            services.claims.release(taken.header.id)
        else:
            self._decide(services, taken.header.id, case, planned, at)

    def _decide(self, services: Services, case_id: int, case: DemoCase, planned: Planned, at: datetime) -> None:
        """Note what was seen, and give the verdict; one that was too quick is taken back and given again."""
        clock, request = self.stage.clock, _request(case_id, case, planned)
        self._note(services, case_id, case, request.verdict)
        clock.at = at
        services.verdicts.decide(request)
        if planned.is_undone:
            clock.at = at + _UNDONE_AFTER
            services.undo.undo(case_id)
            clock.at = at + _AGAIN_AFTER
            services.verdicts.decide(request)

    def _note(self, services: Services, case_id: int, case: DemoCase, verdict: Verdict) -> None:
        """Answer some of the checklist, and now and then write a comment or confirm a fact outside."""
        remarks, words = services.remarks, fixtures.table("remarks")
        questions = self._questions(services, case)
        for question in questions[: 1 + (case.no % 4 == 0)]:
            remarks.checklist(case_id, question, ChecklistValue.YES)
        if case.no % 3 == 0:
            remarks.comment(case_id, remark(words, case.no // 3, "comments", verdict.value))
        if case.no % 5 == 0:
            kind = VerificationKind.PHONE if case.no % 2 else VerificationKind.REGISTRY
            remarks.verify(case_id, kind, remark(words, case.no // 5, "verifications", kind.value))

    def _questions(self, services: Services, case: DemoCase) -> Sequence[str]:
        with services.context.read() as session:
            policy = services.context.policy(session)
        return [question.code for question in policy.questions if case.kind in question.kinds]


def _request(case_id: int, case: DemoCase, planned: Planned) -> VerdictRequest:
    words = fixtures.table("remarks")
    note = ""
    if planned.what == "final":
        note = words["final"]
    elif "OK-OVERRIDE" in planned.codes:
        note = words["override"]
    elif planned.what == "fix" and case.no % 2:
        note = remark(words, case.no // 2, "notes", "fixable")
    return VerdictRequest(
        case_id=case_id,
        verdict=_VERDICTS[planned.what],
        fail_kind=_KINDS.get(planned.what),
        reasons=planned.codes,
        note=note,
        measure=Measure.BAR_OUT if planned.what == "final" else Measure.NONE,
    )
