"""The services of one person, created when they are first used; screens and commands get nothing else."""

from functools import cached_property
from typing import TYPE_CHECKING

from workbench.domain.case.actor import Actor
from workbench.services.case.casefiles import CaseFiles
from workbench.services.foundation.calendar_days import missing_years
from workbench.services.foundation.context import Context
from workbench.services.foundation.drafts import Drafts
from workbench.services.queue.claims import Claims
from workbench.services.queue.listing import Queue

if TYPE_CHECKING:
    from workbench.services.calendar.working_calendar import Calendars
    from workbench.services.case.documents import Documents
    from workbench.services.clock.case_clocks import ClockExplanations
    from workbench.services.deadlines.rescheduling import Rescheduling
    from workbench.services.deadlines.suspensions import Suspending
    from workbench.services.deadlines.tick import Ticked, Ticking
    from workbench.services.exporting.service import Exports
    from workbench.services.forecast.forecasts import Forecasts
    from workbench.services.importing.service import Imports
    from workbench.services.notices.outbox import Notices
    from workbench.services.queue.assignment import Assigning
    from workbench.services.review.remarks import Remarks
    from workbench.services.review.second_checks import Checks
    from workbench.services.review.undo import Undo
    from workbench.services.review.verdicts import Verdicts
    from workbench.services.site.people import People


class Services:
    """All services for one person who works with one database; any thread may call them."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.casefiles = CaseFiles(context)
        self.claims = Claims(context, self.casefiles)
        self.drafts = Drafts(context)
        self.queue = Queue(context)

    @property
    def actor(self) -> Actor:
        """The person who acts."""
        return self.context.actor

    # Services that the first case does not need are imported on first use, so that the desk opens sooner.
    @cached_property
    def verdicts(self) -> "Verdicts":
        """Previews and records verdicts."""
        from workbench.services.review.verdicts import Verdicts

        return Verdicts(self.context, self.casefiles)

    @cached_property
    def undo(self) -> "Undo":
        """Undoes recent verdicts and checks."""
        from workbench.services.review.undo import Undo

        return Undo(self.context, self.casefiles)

    @cached_property
    def checks(self) -> "Checks":
        """Checks verdicts by a second person."""
        from workbench.services.review.second_checks import Checks

        return Checks(self.context, self.casefiles, self.queue)

    @cached_property
    def clocks(self) -> "ClockExplanations":
        """Explains due dates."""
        from workbench.services.clock.case_clocks import ClockExplanations

        return ClockExplanations(self.context)

    @cached_property
    def documents(self) -> "Documents":
        """Lists, opens and copies documents."""
        from workbench.services.case.documents import Documents

        return Documents(self.context)

    @cached_property
    def remarks(self) -> "Remarks":
        """Records comments, verifications, checklist answers and what the applicant says."""
        from workbench.services.review.remarks import Remarks

        return Remarks(self.context)

    @cached_property
    def people(self) -> "People":
        """Lists and changes the registered people."""
        from workbench.services.site.people import People

        return People(self.context)

    @cached_property
    def assigning(self) -> "Assigning":
        """Assigns cases to people."""
        from workbench.services.queue.assignment import Assigning

        return Assigning(self.context)

    @cached_property
    def calendars(self) -> "Calendars":
        """Shows and changes the working calendar."""
        from workbench.services.calendar.working_calendar import Calendars

        return Calendars(self.context)

    @cached_property
    def imports(self) -> "Imports":
        """Imports files."""
        from workbench.services.importing.service import Imports

        return Imports(self.context)

    @cached_property
    def exports(self) -> "Exports":
        """Exports files."""
        from workbench.services.exporting.service import Exports

        return Exports(self.context)

    @cached_property
    def forecasts(self) -> "Forecasts":
        """Forecasts when cases are decided."""
        from workbench.services.forecast.forecasts import Forecasts

        return Forecasts(self.context)

    @cached_property
    def notices(self) -> "Notices":
        """Lists notices and records that they were sent."""
        from workbench.services.notices.outbox import Notices

        return Notices(self.context)

    @cached_property
    def rescheduling(self) -> "Rescheduling":
        """Changes due dates, service classes and priorities."""
        from workbench.services.deadlines.rescheduling import Rescheduling

        return Rescheduling(self.context)

    @cached_property
    def suspending(self) -> "Suspending":
        """Enters and ends suspensions."""
        from workbench.services.deadlines.suspensions import Suspending

        return Suspending(self.context)

    @cached_property
    def ticking(self) -> "Ticking":
        """Applies changes that depend only on time."""
        from workbench.services.deadlines.tick import Ticking

        return Ticking(self.context)

    def resume(self) -> None:
        """Finish interrupted imports and suspensions, and seed the calendar of next year; every start does so."""
        from workbench.services.clock.case_clocks import unsettled_suspensions
        from workbench.services.importing.resuming import has_leftovers, resume

        if has_leftovers(self.context):
            resume(self.context)
        # The year in UTC is good enough, and needs no policy, which takes long to read at a start.
        with self.context.read() as session:
            missing, unsettled = missing_years(session, self.context.now().year), unsettled_suspensions(session)
        if missing:
            self.calendars.seed_missing_years()
        if unsettled:
            self.suspending.finish()

    def catch_up(self) -> "Ticked":
        """Finish interrupted work, then apply the changes that depend only on time."""
        self.resume()
        return self.ticking.tick()

    def leave(self) -> None:
        """NewSuspension interruptible long work, such as catching up; the next start continues it."""
        self.context.cache.is_leaving.set()

    def close(self) -> None:
        """Close the database."""
        self.context.database.close()
