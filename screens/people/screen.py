"""The people screen: everyone with roles, limit, absence, skills and duties, and the forms that change them."""

from functools import partialmethod
from typing import ClassVar

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from screens.people.forms import FORMS
from screens.shell.base_screen import ModeScreen, attempt, in_thread, show_title, unreported
from screens.shell.bindings import bind
from screens.shell.view import View
from screens.widgets.row_list import RowList
from screens.widgets.safe_text import MUTED, WARNING, Static, fitted, joined, plain
from workbench.domain.case.lifecycle import ROLE_WORDS
from workbench.domain.text.safe import cells, pad_left, pad_right
from workbench.i18n import _, comma_joined
from workbench.keys.command import Place
from workbench.keys.people import LEAVE_PEOPLE, PEOPLE_COMMANDS, RELOAD
from workbench.services.site.people import PersonLine

_WIDE, _SHORT_ROLE_CELLS = 100, 14
"""The width from which a row has room for all roles, and the cells of the roles below it."""

_COMMANDS = {command.id.removeprefix("people."): command for command in PEOPLE_COMMANDS if command.roles is not None}
"""The commands that change a person, which only some roles may do, by the name of their form.

`back`, which ends an absence, has no form.
"""


class PeopleScreen(ModeScreen):
    """Lists the people; a form changes the person under the cursor."""

    DEFAULT_CSS = "PeopleScreen #titles { height: 1; padding: 0 1; color: $text-muted; }"
    PLACE: ClassVar[Place] = "people"
    AUTO_FOCUS = "#list"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(bind(command, f"change('{name}')") for name, command in _COMMANDS.items()),
        bind(RELOAD, "load"),
        bind(LEAVE_PEOPLE, "desk"),
    ]

    list = getters.query_one("#list", RowList)

    people: tuple[PersonLine, ...] = ()

    def parts(self) -> ComposeResult:
        yield Static(id="titles", markup=False)
        yield RowList(id="list")

    def on_screen_resume(self) -> None:
        self.action_load()

    @work(exclusive=True, group="read")
    async def action_load(self, *, is_again: bool = False) -> None:
        """Read the people; the cursor stays on its row."""
        read = in_thread(lambda: self.services.people.list())  # noqa: PLW0108 - the thread also imports the service
        found = await attempt(self, read, unreported if is_again else None)
        if found is not None:
            self.people = found
            self.show()

    read_again = partialmethod(action_load, is_again=True)

    def show(self) -> None:
        """Show the header and the rows."""
        view, width = self.view(), max(10, self.size.width - 4)
        show_title(self)
        widest = max(map(cells, (_("roles"), *map(_roles, self.people)))) + 2
        role_cells = widest if width >= _WIDE else _SHORT_ROLE_CELLS
        self.query_one("#titles", Static).update(_titles(width, role_cells))
        self.list.show({number: _row(person, view, width, role_cells) for number, person in enumerate(self.people)})
        self.refresh_bindings()

    on_resize = show

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action != "change":
            return True
        command = _COMMANDS[str(parameters[0])]
        return True if self.people and command.refusal(self.services.actor) is None else None

    @work(group="dialog")
    async def action_change(self, what: str) -> None:
        if self.list.current is None:
            return
        person = self.people[self.list.current]
        if what == "back":
            done = await attempt(self, in_thread(self._end_absence, person.login))
        else:
            done = await self.app.push_screen_wait(FORMS[what](self.services, person, self.view()))
        if done is not None:
            self.notify(_("{login} is changed.").format(login=done.login), timeout=4)
            self.action_load()

    def _end_absence(self, login: str) -> PersonLine:
        self.services.absences.back(login)
        return self.services.people.line(login)


def _roles(person: PersonLine) -> str:
    return comma_joined(_(ROLE_WORDS[role]) for role in person.roles) if person.is_active else _("deactivated")


def _titles(width: int, role_cells: int) -> Content:
    """Return the heads of the columns."""
    head = f"{pad_right(_('login'), 12)}{pad_right(_('roles'), role_cells)}{pad_left(_('limit'), 9)}  "
    return plain(fitted(head + _("absence, skills, duties"), width), MUTED)


def _row(person: PersonLine, view: View, width: int, role_cells: int) -> Content:
    """Return a person as a row: login, roles, limit and absence, then skills and duties as far as they fit."""
    away = ""
    if person.away_from is not None:
        last = view.day(person.away_until) if person.away_until else _("end unknown")
        away = _("away {first} – {last}").format(first=view.day(person.away_from), last=last)
        away += f" → {person.substitute}" if person.substitute else ""
    duties = [
        f"{view.day(duty.on)} {_('{hours} h').format(hours=f'{duty.minutes / 60:g}') if duty.minutes else _('duty')}"
        for duty in person.duties
    ]
    rest = "  ".join(filter(None, (away, person.skills, comma_joined(duties))))
    limit = pad_left(str(person.max_held), 9)
    head = f"{pad_right(person.login, 12)}{pad_right(fitted(_roles(person), role_cells - 2), role_cells)}{limit}  "
    style = WARNING if person.is_away else MUTED
    return joined((head, ""), (fitted(rest, max(8, width - role_cells - 24)).rstrip(), style))
