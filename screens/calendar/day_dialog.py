"""The form that sets a day of the calendar, after a preview of the due dates that move."""

from dataclasses import replace
from functools import partial

from screens.calendar.year_text import effect_lines
from screens.dialogs.form import Field, FormDialog, Preview, Values
from screens.shell.view import View
from workbench.domain.clock.hours import format_hours, parse_hours
from workbench.i18n import _
from workbench.services.time.calendar.preview import CalendarEffect, DaySetting
from workbench.services.wiring import Services


def day_form(services: Services, title: str, setting: DaySetting, view: View) -> FormDialog[CalendarEffect]:
    """Return the form that sets a day; `setting` is what its fields begin with."""
    fields = [Field("reason", _("Reason, for colleagues"), is_required=True, is_prose=True)]
    if not setting.as_published:
        fields.insert(0, Field("name", _("Name of the day (optional)"), setting.name))
    if setting.hours:
        hours_title = _("Hours, such as 09:00-12:00 or 09:00-12:00,13:00-16:00")
        fields.insert(0, Field("hours", hours_title, format_hours(setting.hours)))

    def typed(values: Values) -> DaySetting:
        hours = parse_hours(values["hours"]) if setting.hours else ()
        return replace(setting, hours=hours, name=values.get("name", setting.name))

    def preview(values: Values) -> Preview:
        wanted = typed(values)
        effect = services.calendars.set_day(wanted, "", dry_run=True)
        is_same = effect.changes_nothing and wanted.name == setting.name
        refusal = _("Nothing would change. Press Esc to cancel.") if is_same else ""
        return Preview(partial(effect_lines, effect, view), refusal)

    def save(values: Values) -> CalendarEffect:
        return services.calendars.set_day(typed(values), values["reason"])

    return FormDialog(title, fields, preview, save, _("set the day"))
