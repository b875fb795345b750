"""What people did at the demo before it opens, done again through the services that people use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import select

from db.enums import ChecklistValue, FailKind, Role, Verdict, VerificationKind, WaitsFor
from db.models import CaseRow
from workbench.domain.casefile import Empty, VerdictRequest
from workbench.errors import NothingAvailable
from workbench.i18n import _
from workbench.services.demo_dates import DemoDates
from workbench.services.demo_files import write_delivery
from workbench.services.importing.request import ImportRequest
from workbench.services.office import Office

SUPERVISOR = "sup"
ADMIN = "admin"

_ASSIGNED_BEFORE = timedelta(minutes=25)
_TAKEN_BEFORE = timedelta(minutes=12)
_NOTED_BEFORE = timedelta(minutes=3)


class DemoClock:
    """A clock that stands where the history has come to."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """Return the time."""
        return self.at


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the history is played: who opens an office, the clock, the dates, and a folder for files."""

    office_of: Callable[[str], Office]
    clock: DemoClock
    dates: DemoDates
    folder: Path


def play(history: Mapping[str, Any], stage: Stage) -> None:
    """Register people, import deliveries and decide cases, each at its time."""
    steps = [(stage.dates.moment(entry["at"]), _deliver, entry) for entry in history["deliveries"]]
    steps += [(stage.dates.moment(entry["at"]), _act, entry) for entry in history["acts"]]
    steps.sort(key=lambda step: step[0])
    _register(history["people"], stage.office_of(ADMIN))
    for at, do, entry in steps:
        do(entry, at, stage)


def _register(people: Mapping[str, list[str]], office: Office) -> None:
    """Add everybody, and leave the admin nothing but that role, so that the demo shows each role by itself."""
    for login, roles in people.items():
        office.people.add(login, tuple(Role(role) for role in roles))
    office.people.role(ADMIN, (), (Role.REVIEWER, Role.SUPERVISOR))


def _deliver(entry: Mapping[str, Any], at: datetime, stage: Stage) -> None:
    stage.clock.at = at
    folder = stage.folder / entry["folder"]
    folder.mkdir(parents=True)
    office = stage.office_of(ADMIN)
    for file in write_delivery(entry["folder"], folder, stage.dates, entry.get("calls_until", "")):
        office.imports.run(ImportRequest(kind=file.kind, paths=(file.path,)))


def _act(entry: Mapping[str, Any], at: datetime, stage: Stage) -> None:
    """Let a supervisor assign the case, and the reviewer take it, note what was seen, and decide."""
    login, application_no = entry["by"], entry["application_no"]
    stage.clock.at = at - _ASSIGNED_BEFORE
    supervisor = stage.office_of(SUPERVISOR)
    supervisor.assigning.assign([_case_of(application_no, supervisor)], login, "分配当日任务")
    stage.clock.at = at - _TAKEN_BEFORE
    reviewer = stage.office_of(login)
    taken = reviewer.claims.next()
    if isinstance(taken, Empty) or taken.header.application_no != application_no:
        raise NothingAvailable(
            _("{login} was not given {application}.").format(login=login, application=application_no)
        )
    stage.clock.at = at - _NOTED_BEFORE
    _note(entry, taken.header.id, reviewer)
    stage.clock.at = at
    reviewer.verdicts.decide(_request(entry, taken.header.id))


def _case_of(application_no: str, office: Office) -> int:
    with office.context.read() as session:
        found = session.exec(select(CaseRow.id).where(CaseRow.application_no == application_no)).first()
    if found is None:
        raise NothingAvailable(_("There is no case of {application}.").format(application=application_no))
    return found


def _note(entry: Mapping[str, Any], case_id: int, office: Office) -> None:
    remarks = office.remarks
    for question, answer in entry.get("checklist", {}).items():
        remarks.checklist(case_id, question, ChecklistValue(answer))
    if "verification" in entry:
        verification = entry["verification"]
        remarks.verify(case_id, VerificationKind(verification["kind"]), verification["result"])
    if "comment" in entry:
        remarks.comment(case_id, entry["comment"])


def _request(entry: Mapping[str, Any], case_id: int) -> VerdictRequest:
    return VerdictRequest(
        case_id=case_id,
        verdict=Verdict(entry["verdict"]),
        fail_kind=FailKind(entry["fail_kind"]) if "fail_kind" in entry else None,
        reasons=tuple(entry["reasons"]),
        note=entry.get("note", ""),
        waits_for=WaitsFor(entry["waits_for"]) if "waits_for" in entry else None,
    )
