"""Everything that one person can do at one database; screens and commands hold nothing else."""

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
    from workbench.services.clock.case_clocks import Watching
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
    """One person at one database; any thread may call its services."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.casefiles = CaseFiles(context)
        self.claims = Claims(context, self.casefiles)
        self.drafts = Drafts(context)
        self.queue = Queue(context)

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self.context.actor

    # What the first case does not need is imported when it is asked for, so that the desk opens sooner.
    @cached_property
    def verdicts(self) -> "Verdicts":
        """Verdicts, and what they would do."""
        from workbench.services.review.verdicts import Verdicts

        return Verdicts(self.context, self.casefiles)

    @cached_property
    def undo(self) -> "Undo":
        """Taking back what was just decided."""
        from workbench.services.review.undo import Undo

        return Undo(self.context, self.casefiles)

    @cached_property
    def checks(self) -> "Checks":
        """The second pair of eyes."""
        from workbench.services.review.second_checks import Checks

        return Checks(self.context, self.casefiles, self.queue)

    @cached_property
    def clocks(self) -> "Watching":
        """When cases are due, and why."""
        from workbench.services.clock.case_clocks import Watching

        return Watching(self.context)

    @cached_property
    def documents(self) -> "Documents":
        """Documents to look at."""
        from workbench.services.case.documents import Documents

        return Documents(self.context)

    @cached_property
    def remarks(self) -> "Remarks":
        """What people note on a case."""
        from workbench.services.review.remarks import Remarks

        return Remarks(self.context)

    @cached_property
    def people(self) -> "People":
        """Who works here."""
        from workbench.services.site.people import People

        return People(self.context)

    @cached_property
    def assigning(self) -> "Assigning":
        """Giving cases to a person."""
        from workbench.services.queue.assignment import Assigning

        return Assigning(self.context)

    @cached_property
    def calendars(self) -> "Calendars":
        """The working calendar."""
        from workbench.services.calendar.working_calendar import Calendars

        return Calendars(self.context)

    @cached_property
    def imports(self) -> "Imports":
        """Taking files in."""
        from workbench.services.importing.service import Imports

        return Imports(self.context)

    @cached_property
    def exports(self) -> "Exports":
        """Writing files out."""
        from workbench.services.exporting.service import Exports

        return Exports(self.context)

    @cached_property
    def forecasts(self) -> "Forecasts":
        """How long it will take."""
        from workbench.services.forecast.forecasts import Forecasts

        return Forecasts(self.context)

    @cached_property
    def notices(self) -> "Notices":
        """What applicants are told."""
        from workbench.services.notices.outbox import Notices

        return Notices(self.context)

    @cached_property
    def rescheduling(self) -> "Rescheduling":
        """Other due dates, classes and priorities."""
        from workbench.services.deadlines.rescheduling import Rescheduling

        return Rescheduling(self.context)

    @cached_property
    def suspending(self) -> "Suspending":
        """Times without work."""
        from workbench.services.deadlines.suspensions import Suspending

        return Suspending(self.context)

    @cached_property
    def ticking(self) -> "Ticking":
        """What only time brings about."""
        from workbench.services.deadlines.tick import Ticking

        return Ticking(self.context)

    def resume(self) -> None:
        """Finish what an interrupted import or suspension left, and let the calendar reach into next year.

        Any start does it.
        """
        from workbench.services.importing.resuming import has_leftovers, resume

        if has_leftovers(self.context):
            resume(self.context)
        self._seed_calendar()
        self._finish_suspensions()

    def catch_up(self) -> "Ticked":
        """Do what is due by now: finish what was broken off, then do what only the passing of time brings about."""
        self.resume()
        return self.ticking.tick()

    def _seed_calendar(self) -> None:
        # The year in UTC will do, and needs no policy: an office opens sooner without one.
        with self.context.read() as session:
            is_known = not missing_years(session, self.context.now().year)
        if not is_known:
            self.calendars.seed_on()

    def _finish_suspensions(self) -> None:
        from workbench.services.clock.case_clocks import has_unsettled

        if has_unsettled(self.context):
            self.suspending.finish()

    def leave(self) -> None:
        """Break off what is done beside the work, such as catching up; the next who comes goes on with it."""
        self.context.cache.is_leaving.set()

    def close(self) -> None:
        """Let go of the database."""
        self.context.database.close()
