"""The forms of the calendar: set a day, suspend work and end a suspension, each with a preview of what moves."""

from dataclasses import replace
from datetime import date
from functools import partial

from screens.calendar.year_text import effect_lines, suspension_lines
from screens.dialogs.task_dialog import Field, FormDialog, Preview, Values
from screens.shell.view import View
from workbench.domain.clock.hours import format_hours, parse_hours
from workbench.domain.clock.suspension import Suspension
from workbench.domain.clock.typed.reading import read_end, read_instant
from workbench.domain.clock.typed.reference import DateReference
from workbench.domain.clock.typed.tense import Tense
from workbench.domain.values.provinces import province_key
from workbench.errors import WrongUsage
from workbench.i18n import _
from workbench.services.time.calendar.preview import CalendarEffect, DaySetting
from workbench.services.time.deadlines.recompute import SuspensionEffect
from workbench.services.time.deadlines.suspensions import NewSuspension
from workbench.services.wiring import Services


def day_form(services: Services, title: str, setting: DaySetting, view: View) -> FormDialog[CalendarEffect]:
    """Return the form that sets a day; `setting` is what its fields begin with."""
    fields = [Field("reason", _("Reason, for colleagues"), is_required=True, is_prose=True)]
    if not setting.as_published:
        fields.insert(0, Field("name", _("Name of the day (optional)"), setting.name))
    if setting.hours:
        hours_title = _("Hours, such as 09:00-12:00 or 09:00-12:00,13:00-16:00")
        fields.insert(0, Field("hours", hours_title, format_hours(setting.hours)))

    def typed_setting(values: Values) -> DaySetting:
        hours = parse_hours(values["hours"]) if setting.hours else ()
        return replace(setting, hours=hours, name=values.get("name", setting.name))

    def preview(values: Values) -> Preview:
        wanted = typed_setting(values)
        effect = services.calendars.set_day(wanted, "", dry_run=True)
        is_same = effect.changes_nothing and wanted.name == setting.name
        refusal = _("Nothing would change. Press Esc to go back.") if is_same else ""
        return Preview(partial(effect_lines, effect, view), refusal)

    def save(values: Values) -> CalendarEffect:
        return services.calendars.set_day(typed_setting(values), values["reason"])

    return FormDialog(title, fields, preview, save, _("set the day"))


def suspend_form(services: Services, day: date, view: View) -> FormDialog[SuspensionEffect]:
    """Return the form that suspends work from a day on, after a preview of the cases and letters."""
    fields = (
        Field("start", _("First day, or the time at which work stopped"), day.isoformat()),
        Field("end", _("Last day, or the time at which work resumes; empty while nobody knows")),
        Field("province", _("Only this province (optional)")),
        Field("agent", _("Only this agent (optional)")),
        Field("reason", _("Reason; applicants read it in their letter"), is_required=True, is_prose=True),
    )

    def suspend(values: Values, *, dry_run: bool = False) -> SuspensionEffect:
        reference = DateReference(now=services.context.now(), calendar=services.calendars.in_force(), tense=Tense.ANY)
        province = province_key(values["province"])
        if values["province"] and not province:
            raise WrongUsage(_("There is no province {name}.").format(name=values["province"]))
        wanted = NewSuspension(
            from_at=read_instant(values["start"], reference),
            to_at=read_end(values["end"], reference) if values["end"] else None,
            reason=values["reason"],
            province=province or None,
            agent=values["agent"] or None,
        )
        return services.suspending.suspend(wanted, dry_run=dry_run)

    def preview(values: Values) -> Preview:
        return Preview(partial(suspension_lines, suspend(values, dry_run=True), view))

    return FormDialog(_("Suspend all clocks"), fields, preview, suspend, _("suspend"))


def resume_form(services: Services, suspension: Suspension, view: View) -> FormDialog[SuspensionEffect]:
    """Return the form that ends a suspension, after a preview of the cases and letters."""

    def end(values: Values, *, dry_run: bool = False) -> SuspensionEffect:
        reference = DateReference(now=services.context.now(), calendar=services.calendars.in_force(), tense=Tense.PAST)
        resumed_at = read_instant(values["at"], reference) if values["at"] else None
        return services.suspending.resume(resumed_at, suspension.id, dry_run=dry_run)

    def preview(values: Values) -> Preview:
        return Preview(partial(suspension_lines, end(values, dry_run=True), view))

    title = _("End suspension {id}").format(id=suspension.id)
    return FormDialog(title, [Field("at", _("When work resumed; empty means now"))], preview, end, _("resume"))
