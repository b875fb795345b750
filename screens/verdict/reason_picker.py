"""The reasons of a verdict: digits mark a reason, and a search finds it by code, words or pinyin initials."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from screens.shell.base_screen import in_thread, run_in_worker
from screens.shell.view import symbols_of
from screens.verdict.mark_list import MarkLine, MarkList
from screens.widgets.safe_text import MUTED, WARNING, Static, joined, plain, row
from screens.widgets.text_fields import TextLine
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.items import waiting_reasons
from workbench.domain.case.verdict import can_apply_to, is_reason_allowed, is_reason_contradicted
from workbench.domain.case.vocabulary import Severity, Verdict
from workbench.domain.policy.policy import Reason
from workbench.domain.policy.reason_search import find_reasons
from workbench.domain.text.safe import cells, pad_right
from workbench.i18n import _, current_language, ngettext
from workbench.keys.registry import with_keys
from workbench.wording.amounts import commas

_MIN_LINES, _MIN_LINES_LOW = 8, 5
"""The least lines of the list, and those in a low window."""

_WEIGHT = {Severity.BLOCK: 0, Severity.WARN: 1}
"""The sort weights of findings. Info findings are seldom a reason, so they do not change the order of the policy."""


def reasons_for(case: CaseFile, verdict: Verdict, recent: Sequence[str]) -> list[Reason]:
    """Return the reasons for a verdict in the order in which they are offered.

    For a pending case, the reasons that say whom it waits for come first. Then come the reasons with a finding, by
    severity, then the pinned and the recently used ones, then the others.
    """
    # Reversed, so that the first finding of a rule counts.
    weight = {
        finding.rule: _WEIGHT[finding.severity] for finding in reversed(case.findings) if finding.severity in _WEIGHT
    }
    waiting = list(waiting_reasons(case.policy).values())

    def rank(reason: Reason) -> tuple[int, int]:
        if reason.code in waiting:
            return 0, waiting.index(reason.code)
        if reason.code in weight:
            return 1, weight[reason.code]
        if reason.pinned:
            return 2, 0
        return (3, recent.index(reason.code)) if reason.code in recent else (4, 0)

    return sorted(
        (reason for reason in case.policy.reasons.values() if is_reason_allowed(reason, verdict, case)),
        key=rank,
    )


class ReasonPicker(Widget):
    """The list of reasons with its search field.

    Args:
        case: The case.
        verdict: The verdict for which the reasons are.
        width: The cells of a line before the first layout.
        recent: The reasons that were used last, newest first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "to_list", show=False)]

    list = getters.query_one(MarkList)
    search = getters.query_one("#search", Input)

    def __init__(self, case: CaseFile, verdict: Verdict, width: int, recent: Sequence[str] = ()) -> None:
        super().__init__()
        self._width = width
        self._recent = recent
        self._reasons = reasons_for(case, verdict, recent)
        self._with_finding = frozenset(finding.rule for finding in case.findings)
        self._code_cells = max((cells(reason.code) for reason in self._reasons), default=0)
        self._contradicted = frozenset(
            reason.code for reason in self._reasons if is_reason_contradicted(reason.code, case)
        )
        kind = case.header.applicant_kind
        self._unlikely = {
            reason.code
            for reason in self._reasons
            if reason.code not in self._with_finding and not can_apply_to(reason.code, kind, case.policy)
        }
        """The reasons that the list leaves out unless they are marked or searched."""
        self._marked: tuple[str, ...] = ()
        self._words = ""
        """What the reasons are searched for, "" if they are not."""

    def compose(self) -> ComposeResult:
        yield Static(id="reasons-title", classes="title", markup=False)
        yield TextLine(id="search", placeholder=_("code, words or pinyin initials"))
        yield Static(id="narrowed", markup=False)
        yield MarkList(_("No reason fits these words."), self._width)

    def on_mount(self) -> None:
        # Load the dictionary of initials by a search, because the first typed letter would wait for it.
        run_in_worker(self, in_thread(find_reasons, "a", self._reasons), "dictionary")

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
        # The field may have changed again since the event.
        typed, before = event.value, self._words
        is_one_char_appended = typed == self.search.value and typed[:-1] == before
        number = int(typed[-1]) if is_one_char_appended and typed[-1:].isdecimal() else 0
        if before.strip() and 0 < number <= len(self.list.shown) and not self._matching(typed):
            with self.prevent(Input.Changed):
                self.search.value = before
            self.end_search()
            # Post the message from this widget, so that it bubbles to the dialog.
            self.post_message(MarkList.Marked(self.list.shown[number - 1].code))
            return
        self._words = typed
        self._filter()
        # Enter marks the best match.
        self.list.go_to(0)

    @on(Input.Submitted, "#search")
    def submit(self, event: Input.Submitted) -> None:
        """Mark the highlighted reason and go to the list; if none matches, stay in the search field."""
        event.stop()
        if not self._words.strip():
            self.show_all()
        elif self.list.shown:
            code = self.list.shown[self.list.cursor].code
            self.end_search()
            if code not in self._marked:
                self.post_message(MarkList.Marked(code))

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def show_hint(self) -> None:
        """Show the keys of the list or of the search field, whichever has the focus."""
        self._filter()

    @on(MarkList.Scrolled)
    def show_title(self) -> None:
        """Show the keys of the list, and how many reasons are below the visible ones."""
        self._fit()
        title, below = self.query_one("#reasons-title", Static), self.list.below
        more = ngettext("{count} more reason", "{count} more reasons", below).format(count=commas(below))
        hint = plain(f"{symbols_of(self).down} {more}" if below else "", WARNING)
        keys = with_keys(_("Reasons: ↑ ↓ and Space, or a digit, marks; {verdict.search} finds"))
        title.update(row(plain(keys, MUTED), hint, title.content_size.width or self._width))

    def action_to_list(self) -> None:
        self.end_search()

    def _matching(self, words: str) -> Sequence[Reason]:
        if words.strip():
            return find_reasons(words, self._reasons)
        left_out = self._unlikely.difference(self._marked)
        return [reason for reason in self._reasons if reason.code not in left_out]

    def _filter(self) -> None:
        words = self._words.strip()
        matching = self._matching(words)
        self.set_class(bool(words), "-narrowed")
        message = with_keys(_("found {count} of {all}, {verdict.search} changes, Esc clears"))
        if self.search.has_focus:
            message = _("found {count} of {all}: Enter marks the first, ↓ goes to the list, Esc shows all")
            message = message if matching else _("found none of {all}: type other words, or Esc shows all")
        message = message.format(count=len(matching), all=len(self._reasons))
        self.query_one("#narrowed", Static).update(plain(message, WARNING))
        self.list.show([*map(self._line, matching)], self._marked, is_searched=self.search.has_focus)
        self._fit()

    def _fit(self) -> None:
        """Set the least and the greatest height: those of the list, and of the lines above it."""
        is_low, lines = self.screen.has_class("-low"), max(1, len(self.list.shown))
        above = (1 if is_low else 2) + self.has_class("-searching") + self.has_class("-narrowed")
        self.styles.max_height = lines + above
        self.styles.min_height = min(lines, _MIN_LINES_LOW if is_low else _MIN_LINES) + above

    def _line(self, reason: Reason) -> MarkLine:
        """Return the line of a reason, marked as found, pinned or recent, or with the warning that it was not found."""
        code, symbols = reason.code, symbols_of(self)
        label, style = "", MUTED
        if code in self._with_finding:
            label, style = _("found"), WARNING
        elif code in self._contradicted:
            label = _("not found")
            if code in self._marked:
                label, style = f"{symbols.warn} {label}", WARNING
        elif reason.pinned:
            label = _("pinned")
        elif code in self._recent:
            label = _("recent")
        right = joined((f"{label}  " if label else "", style), (pad_right(code, self._code_cells), MUTED))
        return MarkLine(code, reason.title.in_language(current_language()), right, code in self._with_finding)
