"""The forms about a person: absence, duty, limit and skills."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from textual.content import Content

from screens.dialogs.task_dialog import Field, FormDialog, Preview, Values
from screens.shell.view import View
from screens.widgets.safe_text import MUTED, WARNING, plain, wrapped_lines
from workbench.domain.case.case_id import format_case
from workbench.domain.clock.typed.reading import read_date
from workbench.domain.clock.typed.reference import DateReference
from workbench.domain.clock.typed.tense import Tense
from workbench.domain.filter.absent_cases import CASE_SHARES, HANDOVERS, AbsentCase
from workbench.errors import WrongUsage
from workbench.i18n import _, with_details
from workbench.services.site.people import PersonLine
from workbench.services.wiring import Services

_MOST_LISTED = 6
"""The most cases that the form of an absence lists."""


def _day(services: Services, text: str) -> date:
    """Return the day that a typed text means, such as `+5` or `3 Dec`."""
    reference = DateReference(now=services.context.now(), calendar=services.calendars.in_force(), tense=Tense.ANY)
    return read_date(text, reference)


def away_form(services: Services, person: PersonLine, view: View) -> FormDialog[PersonLine]:
    """Return the form of an absence, which lists the cases of the person and what becomes of each."""
    fields = (
        Field("first", _("First day away"), view.today.isoformat()),
        Field("last", _("Last day away; empty while nobody knows")),
        Field("substitute", _("Login of the substitute; empty offers the cases to everybody")),
        Field("reason", _("Reason (optional)"), is_prose=True),
    )

    def record(values: Values, *, dry_run: bool) -> tuple[AbsentCase, ...]:
        last_on = _day(services, values["last"]) if values["last"] else None
        first_on, substitute = _day(services, values["first"]), values["substitute"]
        return services.absences.away(person.login, first_on, last_on, values["reason"], substitute, dry_run=dry_run)

    def preview(values: Values) -> Preview:
        return Preview(partial(_case_lines, record(values, dry_run=True)))

    def save(values: Values) -> PersonLine:
        record(values, dry_run=False)
        return services.people.line(person.login)

    return FormDialog(_("{login} is away").format(login=person.login), fields, preview, save, _("record"))


def _case_lines(cases: tuple[AbsentCase, ...], width: int) -> Content:
    """Return how many cases each share has and what becomes of them, then the first cases."""
    counts = Counter((case.share.name, case.handover) for case in cases)
    shares = {share.name: _(share.label) for share in CASE_SHARES}
    lines = [
        line
        for (share, handover), number in counts.items()
        for line in wrapped_lines(with_details(f"{number} × {shares[share]}", _(HANDOVERS[handover])), width, WARNING)
    ]
    listed = " ".join(format_case(case.case_id) for case in cases[:_MOST_LISTED])
    more = f" … +{len(cases) - _MOST_LISTED}" if len(cases) > _MOST_LISTED else ""
    lines += wrapped_lines(listed + more, width, MUTED) if cases else [plain(_("No cases are affected."), MUTED)]
    return Content("\n").join(lines)


def duty_form(services: Services, person: PersonLine, view: View) -> FormDialog[PersonLine]:
    """Return the form of a duty on a day off, or of overtime."""
    fields = (
        Field("day", _("Day"), view.today.isoformat()),
        Field("hours", _("Hours beyond the usual ones; 0 takes the duty back, empty is a whole day off worked")),
        Field("reason", _("Reason (optional)"), is_prose=True),
    )

    def set_duty(values: Values) -> None:
        minutes = _number(values["hours"], 60) if values["hours"] else None
        services.people.duty(person.login, _day(services, values["day"]), minutes, values["reason"])

    return _form(services, person, _("Duty of {login}"), fields, set_duty)


def limit_form(services: Services, person: PersonLine, _view: View) -> FormDialog[PersonLine]:
    """Return the form of the number of cases that a person may hold."""
    fields = [Field("limit", _("Number of cases the person may hold at once"), str(person.max_held))]

    def set_limit(values: Values) -> None:
        services.people.limit(person.login, _number(values["limit"]))

    return _form(services, person, _("Limit of {login}"), fields, set_limit)


def skills_form(services: Services, person: PersonLine, _view: View) -> FormDialog[PersonLine]:
    """Return the form of what a person can review."""
    title = _("A filter, such as “province:四川 class:standard”; empty means all cases")
    fields = [Field("skills", title, person.skills)]
    act = _("Skills of {login}")
    return _form(services, person, act, fields, lambda values: services.skills.set(person.login, values["skills"]))


def _form(
    services: Services, person: PersonLine, title: str, fields: Sequence[Field], change: Callable[[Values], None]
) -> FormDialog[PersonLine]:
    """Return a form without a preview, which returns the changed person."""

    def save(values: Values) -> PersonLine:
        change(values)
        return services.people.line(person.login)

    return FormDialog(title.format(login=person.login), fields, None, save, _("record"))


def _number(text: str, unit: int = 1) -> int:
    """Return a typed number times the unit, such as 90 for 1.5 and a unit of 60."""
    try:
        return round(float(text) * unit)
    except (ValueError, OverflowError):
        raise WrongUsage(_("“{text}” is no number.").format(text=text)) from None


FORMS = {"away": away_form, "duty": duty_form, "limit": limit_form, "skills": skills_form}
"""The forms about a person, by name."""
