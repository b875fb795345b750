"""The numbered list of reasons: digits mark a reason, and a search finds it by code, words or pinyin initials."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from screens.shell.bindings import bind, bind_key
from screens.widgets.safe_text import MUTED, WARNING, joined, plain, row
from screens.widgets.static import Static
from screens.widgets.text_fields import TextLine
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.verdict import can_apply_to
from workbench.domain.case.vocabulary import Severity, Verdict
from workbench.domain.policy.policy import Reason
from workbench.domain.values.spelling import matches
from workbench.i18n import _, current_language
from workbench.keys.registry import MARK, TOGGLE

_NUMBERED = 9
_WEIGHT = {Severity.BLOCK: 0, Severity.WARN: 1}
"""The sort weights of findings. Info findings are seldom a reason, so they do not change the order of the policy."""


def reasons_for(case: CaseFile, verdict: Verdict) -> list[Reason]:
    """Return the reasons for a verdict: those with findings first, by severity, then the others."""
    # Reversed, so that the first finding of a rule counts.
    weight = {
        finding.rule: _WEIGHT[finding.severity] for finding in reversed(case.findings) if finding.severity in _WEIGHT
    }
    candidates = [reason for reason in case.policy.reasons.values() if verdict in reason.verdicts]
    return sorted(candidates, key=lambda reason: weight.get(reason.code, len(_WEIGHT)))


class ReasonList(VerticalScroll, can_focus=True):
    """The numbered lines, with a cursor; digits and Space mark.

    `with_finding` has the codes of the reasons that a finding supports.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *(bind_key(MARK, key, f"mark({key})") for key in MARK.keys),
        bind(TOGGLE, "mark_here"),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
    ]

    @dataclass
    class Marked(Message):
        """A reason was marked or unmarked."""

        code: str

    def __init__(self, with_finding: frozenset[str]) -> None:
        super().__init__()
        self.shown: Sequence[Reason] = ()
        self.cursor = 0
        self._with_finding = with_finding
        self._marked: tuple[str, ...] = ()
        self._is_searched = False

    def compose(self) -> ComposeResult:
        yield Static(markup=False)

    def show(self, reasons: Sequence[Reason], marked: tuple[str, ...], *, is_searched: bool) -> None:
        """Show reasons with their marks; during a search the cursor line is highlighted without the focus."""
        self.shown, self._marked, self._is_searched = reasons, marked, is_searched
        self.cursor = min(self.cursor, max(0, len(reasons) - 1))
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def action_mark(self, number: int) -> None:
        """Mark or unmark by number."""
        if number <= len(self.shown):
            self.cursor = number - 1
            self.post_message(self.Marked(self.shown[number - 1].code))

    def action_mark_here(self) -> None:
        """Mark or unmark the reason under the cursor."""
        if self.shown:
            self.post_message(self.Marked(self.shown[self.cursor].code))

    def action_move(self, step: int) -> None:
        """Move the cursor."""
        self.cursor = min(max(0, self.cursor + step), max(0, len(self.shown) - 1))
        self._draw()
        self.scroll_to_region(Region(0, self.cursor, self.size.width, 1), animate=False)

    def _draw(self) -> None:
        width = self.scrollable_content_region.width
        if not width:
            return
        lines = [self._line(at, reason, width) for at, reason in enumerate(self.shown)]
        self.query_one(Static).update(
            Content("\n").join(lines) if lines else plain(_("No reason fits these words."), WARNING)
        )

    def _line(self, at: int, reason: Reason, width: int) -> Content:
        is_marked = reason.code in self._marked
        number = str(at + 1) if at < _NUMBERED else " "
        left = joined(
            (" [x] " if is_marked else " [ ] ", "$text-accent bold" if is_marked else MUTED),
            (f"{number} ", MUTED),
            (
                reason.title.in_language(current_language()),
                "" if is_marked or reason.code in self._with_finding else MUTED,
            ),
        )
        label = _("found") if reason.code in self._with_finding else ""
        right = joined((f"{label}  " if label else "", WARNING), (reason.code, MUTED))
        line = row(left, right, width)
        is_highlighted = at == self.cursor and (self.has_focus or self._is_searched)
        return line.stylize("on $panel") if is_highlighted else line


class ReasonPicker(Widget):
    """The list of reasons with its search field."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "to_list", show=False)]

    list = getters.query_one(ReasonList)
    search = getters.query_one("#search", Input)

    def __init__(self, case: CaseFile, verdict: Verdict) -> None:
        super().__init__()
        self._reasons = reasons_for(case, verdict)
        self._with_finding = frozenset(finding.rule for finding in case.findings)
        kind = case.header.applicant_kind
        self._unlikely = {
            reason.code
            for reason in self._reasons
            if reason.code not in self._with_finding and not can_apply_to(reason.code, kind, case.policy)
        }
        self._marked: tuple[str, ...] = ()
        self._words = ""

    def compose(self) -> ComposeResult:
        yield TextLine(id="search", placeholder=_("code, words or pinyin initials"))
        yield Static(id="narrowed", markup=False)
        yield ReasonList(self._with_finding)

    def show(self, marked: tuple[str, ...]) -> None:
        """Show which reasons are marked."""
        self._marked = marked
        self._filter()

    def begin_search(self) -> None:
        """Focus the search field."""
        self.add_class("-searching")
        self.search.focus()

    def end_search(self) -> None:
        """Leave the search field; the list stays filtered."""
        if not self.search.value:
            self.remove_class("-searching")
        self.list.focus()

    def show_all(self) -> None:
        """Empty the search field and leave it."""
        self.search.value = self._words = ""
        self.end_search()
        self._filter()

    @on(Input.Changed, "#search")
    def narrow(self, event: Input.Changed) -> None:
        """Filter by the words. A typed digit that makes the search match nothing is a line number: mark that line."""
        typed, before = event.value, self._words
        is_one_char_appended = typed == self.search.value and typed[:-1] == before
        number = int(typed[-1]) if is_one_char_appended and typed[-1:].isdecimal() else 0
        if before.strip() and 0 < number <= len(self.list.shown) and not self._matching(typed):
            with self.prevent(Input.Changed):
                self.search.value = before
            self.end_search()
            # Post the message from this widget, so that it bubbles to the dialog.
            self.post_message(ReasonList.Marked(self.list.shown[number - 1].code))
            return
        self._words = typed
        # Enter marks the first line.
        self.list.cursor = 0
        self._filter()

    @on(Input.Submitted, "#search")
    def submit(self, event: Input.Submitted) -> None:
        """Mark the first reason that matches and go to the list; if none matches, stay in the search field."""
        event.stop()
        if not self._words.strip():
            self.show_all()
        elif self.list.shown:
            code = self.list.shown[0].code
            self.end_search()
            if code not in self._marked:
                self.post_message(ReasonList.Marked(code))

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def show_hint(self) -> None:
        """Show the keys of the list or of the search field, whichever has the focus."""
        self._filter()

    def action_to_list(self) -> None:
        self.end_search()

    def _matching(self, words: str) -> tuple[Reason, ...]:
        words = words.strip()
        if words:
            return tuple(reason for reason in self._reasons if _is_match(words, reason))
        left_out = self._unlikely.difference(self._marked)
        return tuple(reason for reason in self._reasons if reason.code not in left_out)

    def _filter(self) -> None:
        words = self._words.strip()
        matching = self._matching(words)
        self.set_class(bool(words), "-narrowed")
        message = (
            _("found {count} of {all}: Enter marks the first, ↓ goes to the list, Esc shows all")
            if self.search.has_focus
            else _("found {count} of {all}, / changes, Esc clears")
        )
        message = message.format(count=len(matching), all=len(self._reasons))
        self.query_one("#narrowed", Static).update(plain(message, WARNING))
        self.list.show(matching, self._marked, is_searched=self.search.has_focus)


def _is_match(words: str, reason: Reason) -> bool:
    return matches(words, reason.code, reason.title.zh) or matches(words, reason.code, reason.title.en)
