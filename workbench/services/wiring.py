"""The services of one person, created when they are first used; screens and commands get nothing else."""

from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from threading import RLock
from typing import TYPE_CHECKING, Generic, TypeVar

from db.queries.retention import has_pending_files
from workbench.domain.case.lifecycle import Actor, only_inquiries_refusal
from workbench.errors import DiskFull
from workbench.services.case.casefiles import CaseFiles
from workbench.services.case.drafts import Drafts
from workbench.services.foundation.calendar_days import missing_years, noted_days_off
from workbench.services.foundation.context import Context
from workbench.services.foundation.locations import host_clock_note
from workbench.services.queue.claims import Claims
from workbench.services.queue.listing import Queue

if TYPE_CHECKING:
    from workbench.services.case.documents import Documents
    from workbench.services.clock.case_clocks import ClockExplainer
    from workbench.services.files.reseller_sheets.form import Forms
    from workbench.services.files.reseller_sheets.maps import Maps
    from workbench.services.files.templates import Templates
    from workbench.services.forecast.forecasts import Forecasts
    from workbench.services.intake.importing.resubmission import Resubmissions
    from workbench.services.intake.importing.service import Imports
    from workbench.services.outbox.outbox import Notices
    from workbench.services.outbox.sending import Sending
    from workbench.services.quality.figures import Quality
    from workbench.services.quality.opinions import Opinions
    from workbench.services.quality.reports import Reports
    from workbench.services.quality.samples import Samples
    from workbench.services.queue.absences import Absences
    from workbench.services.queue.assignment import Assigning
    from workbench.services.queue.board import Boards
    from workbench.services.queue.breakdowns import Breakdowns
    from workbench.services.queue.deactivation import Deactivating
    from workbench.services.queue.skills import Skills
    from workbench.services.queue.taking import Taking
    from workbench.services.records.auditing.dossiers import Dossiers
    from workbench.services.records.auditing.readings import Readings
    from workbench.services.records.auditing.seen_cases import SeenCases
    from workbench.services.records.exporting.service import Exports
    from workbench.services.records.retention.holds import LegalHolds
    from workbench.services.records.retention.service import Retention
    from workbench.services.review.appeals.appeals import Appeals
    from workbench.services.review.appeals.checks import AppealChecks
    from workbench.services.review.inquiries import Inquiries
    from workbench.services.review.measures.work_list import Measures
    from workbench.services.review.remarks import ItemJudging, Remarks
    from workbench.services.review.reopening import Reopening, Waiving
    from workbench.services.review.second_checks import Checks
    from workbench.services.review.undo import Undo
    from workbench.services.review.verdicts import Verdicts
    from workbench.services.site.admin_requests import AdminRequests
    from workbench.services.site.people import People
    from workbench.services.site.policies import Policies
    from workbench.services.site.roles import Roles
    from workbench.services.time.calendar.working_calendar import Calendars
    from workbench.services.time.campaigns.campaigns import Campaigns
    from workbench.services.time.deadlines.bulk_changes import BulkChanges
    from workbench.services.time.deadlines.policy_changes import PolicyChanges
    from workbench.services.time.deadlines.rescheduling import Rescheduling
    from workbench.services.time.deadlines.suspensions import Suspending
    from workbench.services.time.deadlines.tick import TickCounts, Ticking

_Service = TypeVar("_Service")

_creating = RLock()
"""The lock for creating services, because two threads may use a service for the first time at once."""


class LazyService(Generic[_Service]):
    """A service that is imported and created on first use, so that the desk opens sooner.

    `name` is the path of its class below `workbench.services`, such as "review.verdicts.Verdicts".
    """

    def __init__(self, name: str) -> None:
        self._module, _dot, self._class = f"workbench.services.{name}".rpartition(".")

    def __set_name__(self, _owner: type, attribute: str) -> None:
        self._attribute = attribute

    def __get__(self, services: "Services", _owner: type) -> _Service:
        with _creating:
            if self._attribute not in services.__dict__:
                created = getattr(import_module(self._module), self._class)(services.context)
                # An instance attribute takes precedence over this class attribute, so the next use finds the service.
                services.__dict__[self._attribute] = created
            service: _Service = services.__dict__[self._attribute]
        return service


class Services:
    """All services for one person who works with one database; any thread may call them."""

    verdicts: "LazyService[Verdicts]" = LazyService("review.verdicts.Verdicts")
    """Previews and records verdicts."""
    undo: "LazyService[Undo]" = LazyService("review.undo.Undo")
    """Undoes recent verdicts and checks."""
    checks: "LazyService[Checks]" = LazyService("review.second_checks.Checks")
    """Lets a second person approve or return verdicts."""
    appeals: "LazyService[Appeals]" = LazyService("review.appeals.appeals.Appeals")
    """Files and decides appeals."""
    appeal_checks: "LazyService[AppealChecks]" = LazyService("review.appeals.checks.AppealChecks")
    """Lets a second person approve or return decisions on appeals."""
    clocks: "LazyService[ClockExplainer]" = LazyService("clock.case_clocks.ClockExplainer")
    """Explains due dates."""
    seen_cases: "LazyService[SeenCases]" = LazyService("records.auditing.seen_cases.SeenCases")
    """Redraws cases as of a decision."""
    readings: "LazyService[Readings]" = LazyService("records.auditing.readings.Readings")
    """Logs who reads cases."""
    dossiers: "LazyService[Dossiers]" = LazyService("records.auditing.dossiers.Dossiers")
    """Writes whole cases to folders."""
    documents: "LazyService[Documents]" = LazyService("case.documents.Documents")
    """Lists, opens and copies documents."""
    remarks: "LazyService[Remarks]" = LazyService("review.remarks.Remarks")
    """Records comments, verifications, checklist answers and what the applicant says."""
    inquiries: "LazyService[Inquiries]" = LazyService("review.inquiries.Inquiries")
    """Asks departments, and records their answers."""

    reopening: "LazyService[Reopening]" = LazyService("review.reopening.Reopening")
    """Opens final cases again."""
    item_judging: "LazyService[ItemJudging]" = LazyService("review.remarks.ItemJudging")
    """Records whether items to rectify are fixed."""
    people: "LazyService[People]" = LazyService("site.people.People")
    """Lists the registered people, with their absences and limits."""
    roles: "LazyService[Roles]" = LazyService("site.roles.Roles")
    """Registers people, and changes their roles."""
    requests: "LazyService[AdminRequests]" = LazyService("site.admin_requests.AdminRequests")
    """Lists and rejects what waits for another admin."""

    samples: "LazyService[Samples]" = LazyService("quality.samples.Samples")
    """Draws samples of decisions for a second opinion."""
    opinions: "LazyService[Opinions]" = LazyService("quality.opinions.Opinions")
    """Gives sampled cases to readers, and records their opinions."""
    quality: "LazyService[Quality]" = LazyService("quality.figures.Quality")
    """Compares first and second opinions."""
    reports: "LazyService[Reports]" = LazyService("quality.reports.Reports")
    """Reads the report of a period."""

    taking: "LazyService[Taking]" = LazyService("queue.taking.Taking")
    """Takes chosen cases out of turn."""

    assigning: "LazyService[Assigning]" = LazyService("queue.assignment.Assigning")
    """Assigns cases to people."""
    deactivating: "LazyService[Deactivating]" = LazyService("queue.deactivation.Deactivating")
    """Deactivates and activates people."""

    absences: "LazyService[Absences]" = LazyService("queue.absences.Absences")
    """Records who is away and who stands in."""

    skills: "LazyService[Skills]" = LazyService("queue.skills.Skills")
    """Sets what people can review."""

    boards: "LazyService[Boards]" = LazyService("queue.board.Boards")
    """Counts the cases of the office and of each person."""

    breakdowns: "LazyService[Breakdowns]" = LazyService("queue.breakdowns.Breakdowns")
    """Counts the cases of a filter by a property."""

    calendars: "LazyService[Calendars]" = LazyService("time.calendar.working_calendar.Calendars")
    """Shows and changes the working calendar."""

    imports: "LazyService[Imports]" = LazyService("intake.importing.service.Imports")
    """Imports files."""

    resubmissions: "LazyService[Resubmissions]" = LazyService("intake.importing.resubmission.Resubmissions")
    """Imports what an applicant hands in for one case."""

    forms: "LazyService[Forms]" = LazyService("files.reseller_sheets.form.Forms")
    """Writes forms for applications."""

    templates: "LazyService[Templates]" = LazyService("files.templates.Templates")
    """Writes an example of each kind of file to import."""

    maps: "LazyService[Maps]" = LazyService("files.reseller_sheets.maps.Maps")
    """Stores what the columns of resellers' sheets mean."""

    exports: "LazyService[Exports]" = LazyService("records.exporting.service.Exports")
    """Exports files."""

    forecasts: "LazyService[Forecasts]" = LazyService("forecast.forecasts.Forecasts")
    """Forecasts when cases are decided."""

    measures: "LazyService[Measures]" = LazyService("review.measures.work_list.Measures")
    """Lists the numbers to bar and to restore, and records which were carried out."""

    notices: "LazyService[Notices]" = LazyService("outbox.outbox.Notices")
    """Lists notices and records which of them were sent or failed."""

    sending: "LazyService[Sending]" = LazyService("outbox.sending.Sending")
    """Hands notices to the operator's gateway."""

    campaigns: "LazyService[Campaigns]" = LazyService("time.campaigns.campaigns.Campaigns")
    """Plans, shows and stops re-reviews of passed cases."""

    policies: "LazyService[Policies]" = LazyService("site.policies.Policies")
    """Shows the versions of the policy, and adds the next."""

    policy_changes: "LazyService[PolicyChanges]" = LazyService("time.deadlines.policy_changes.PolicyChanges")
    """Changes open cases to a policy that applies to them."""

    rescheduling: "LazyService[Rescheduling]" = LazyService("time.deadlines.rescheduling.Rescheduling")
    """Changes due dates, service classes and priorities."""

    bulk_changes: "LazyService[BulkChanges]" = LazyService("time.deadlines.bulk_changes.BulkChanges")
    """Changes service classes and priorities of many cases."""

    suspending: "LazyService[Suspending]" = LazyService("time.deadlines.suspensions.Suspending")
    """Starts and ends suspensions."""

    ticking: "LazyService[Ticking]" = LazyService("time.deadlines.tick.Ticking")
    """Applies changes that depend only on time."""

    waiving: "LazyService[Waiving]" = LazyService("review.reopening.Waiving")
    """Waives items that an applicant had to rectify."""

    legal_holds: "LazyService[LegalHolds]" = LazyService("records.retention.holds.LegalHolds")
    """Places and ends legal holds."""

    retention: "LazyService[Retention]" = LazyService("records.retention.service.Retention")
    """Shows and erases personal data whose retention period has ended."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.background: Callable[[], str] = str
        """Returns in words what the program does in the background, "" for nothing."""
        self.notify_waiting: Callable[[], object] = str
        """Tells the person that a write waits; its thread calls it until the write goes on."""
        self.clock_note = host_clock_note(context.database.path)
        self._watched = context.database
        self.casefiles = CaseFiles(context)
        self.claims = Claims(context, self.casefiles)
        self.drafts = Drafts(context)
        self.queue = Queue(context)

    @property
    def actor(self) -> Actor:
        """The person who acts."""
        return self.context.actor

    def refuse_verifier(self, action: str) -> None:
        """Refuse an action to a person who only answers inquiries, and log it.

        Raises:
            NotAllowed: If the person has no other role.
        """
        with self.context.requiring(action, only_inquiries_refusal):
            pass

    def resume(self) -> None:
        """Finish interrupted imports, suspensions, changes of policy and erasures, and seed next year's calendar."""
        from workbench.services.clock.case_clocks import unsettled_suspension_ids
        from workbench.services.intake.batches.resuming import has_leftovers, resume

        # The year in UTC is exact enough; reading the policy for its time zone would delay each start.
        with self.context.read() as session:
            is_interrupted = has_leftovers(session, self.context.store)
            missing, unsettled = missing_years(session, self.context.now().year), unsettled_suspension_ids(session)
            applies_to_open_cases = self.context.has_unsettled_policy(session)
            has_files_to_erase, days_off = has_pending_files(session), noted_days_off(session)
        if is_interrupted:
            # What an import left on a full disk stays hidden until there is room to remove it.
            with suppress(DiskFull):
                resume(self.context)
        if missing:
            self.calendars.seed_missing_years()
        if days_off:
            from workbench.services.time.calendar.days_off import move_from_noted_days_off

            move_from_noted_days_off(self.context)
        if unsettled:
            self.suspending.finish()
        if applies_to_open_cases:
            self.policy_changes.finish()
        if has_files_to_erase:
            self.retention.finish()

    def catch_up(self) -> "TickCounts":
        """Finish interrupted work, then apply the changes that depend only on time."""
        self.resume()
        return self.ticking.tick()

    def is_changed_elsewhere(self) -> bool:
        """Return whether another program has changed the database since the last call; False if it cannot be read."""
        database = self.context.database
        is_another, self._watched = database is not self._watched, database
        return database.is_changed_elsewhere() or is_another

    def leave(self) -> None:
        """Stop interruptible long work, such as catching up; the next start continues it."""
        self.context.cache.is_closing.set()

    def close(self) -> None:
        """Close the database."""
        self.context.database.close()
