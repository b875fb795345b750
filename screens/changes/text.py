"""The lines of the sheet that compares two rounds: the items, what changed, and what did not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, zip_longest

from textual.content import Content

from screens.panels.lines import judgement_mark
from screens.shell.view import View
from screens.widgets.safe_text import BOLD, MUTED, WARNING, hanging, joined, plain, row, wrapped
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.changes import RoundChange, RoundChanges, UnchangedEntry
from workbench.domain.case.reason_scope import EvidencePart
from workbench.domain.case.records import ItemLine
from workbench.domain.text.mask import DOT
from workbench.domain.text.safe import pad_right
from workbench.i18n import _, comma_joined, with_remark
from workbench.wording.case.labels import ITEM_RESULT_WORDS
from workbench.wording.changes import PART_WORDS, ChangeWords

_SIDE_BY_SIDE = 84
"""From this width on, the old and the new value are side by side."""

_LABEL_CELLS = 30
"""The width of the column of labels, where the values are side by side."""


def judgement_words(item: ItemLine) -> str:
    """Return a judgement in words."""
    if item.is_waived:
        return _("waived")
    return _("not judged") if item.judged is None else _(ITEM_RESULT_WORDS[item.judged])


@dataclass(frozen=True, slots=True)
class ChangesText:
    """Formats the comparison of a case with its last round as lines of a width."""

    case: CaseFile
    comparison: RoundChanges
    view: View
    width: int

    @property
    def words(self) -> ChangeWords:
        """What puts the labels, values and verdicts of the changes into words."""
        return ChangeWords(self.case.policy, self.view.today, self.view.zone)

    def item_lines(self, number: int, item: ItemLine) -> list[Content]:
        """Return an item with its judgement, and below it the evidence that arrived for it."""
        symbols = self.view.symbols
        mark, style = (symbols.dot, MUTED) if item.judged is None else judgement_mark(item.judged, symbols)
        result = joined((judgement_words(item), style))
        label = [(f" {mark} ", style), (f"{number} ", MUTED)]
        first, *rest = hanging(label, item.text or item.code, self.width - result.cell_length - 2)
        # A document or card with several changes is listed once, by its first change.
        arrived: dict[tuple[str, str], str] = {}
        for change in self.comparison.about(item.code):
            if change.part is not EvidencePart.FINDINGS:
                arrived.setdefault((change.part, change.subject or change.field), self.words.label(change))
        evidence, evidence_style = self._nothing_arrived_words(item), MUTED
        if arrived:
            evidence, evidence_style = f"{symbols.changed} {comma_joined(arrived.values())}", ""
        return [
            row(first, Content.assemble(result, " "), self.width),
            *rest,
            *hanging([("     ", "")], evidence, self.width - 1, evidence_style),
        ]

    def _nothing_arrived_words(self, item: ItemLine) -> str:
        return _("received; nothing that the item names changed") if item.is_satisfied else _("unchanged")

    def change_lines(self) -> Iterator[Content]:
        """Yield the changed fields by part, the old value beside or above the new one."""
        if not self.comparison.changes:
            yield plain(_("Nothing changed since round {round}.").format(round=self.comparison.since_round), WARNING)
        for part, changes in groupby(self.comparison.changes, key=lambda change: change.part):
            yield plain(_(PART_WORDS[part]), f"{MUTED} bold")
            for change in changes:
                yield from self._change(change)

    def _change(self, change: RoundChange) -> Iterator[Content]:
        label = self.words.label(change)
        old, new = self.words.value(change.field, change.old), self.words.value(change.field, change.new)
        if old == new and DOT in new:
            new = with_remark(new, _("differs in what is masked"))
        if self.width < _SIDE_BY_SIDE:
            yield plain(f" {label}")
            yield from hanging([(f"   {self.view.symbols.removed} ", MUTED)], old, self.width - 1, MUTED)
            yield from hanging([(f"   {self.view.symbols.added} ", WARNING)], new, self.width - 1, BOLD)
            return
        room = (self.width - _LABEL_CELLS - 4) // 2
        columns = (wrapped(label, _LABEL_CELLS - 2), wrapped(old, room), wrapped(new, room))
        for name, before, after in zip_longest(*columns, fillvalue=""):
            cells = ((f" {pad_right(name, _LABEL_CELLS)}", ""), (f"{pad_right(before, room)}  ", MUTED), (after, BOLD))
            yield joined(*cells)

    def unchanged_lines(self, *, is_folded: bool) -> Iterator[Content]:
        """Yield the unchanged entries with their earlier verdict; if folded, accepted entries are only counted."""
        entries = self.comparison.unchanged
        yield plain(_("Unchanged: {count}").format(count=len(entries)), f"{MUTED} bold")
        named = [entry for entry in entries if entry.codes]
        yield from self._entries(named if is_folded else entries)
        rest = len(entries) - len(named)
        if is_folded and rest:
            message = _("{count} more, accepted in round {round}") if named else _("accepted in round {round}")
            yield plain(f" {message.format(count=rest, round=self.comparison.since_round)}", MUTED)

    def _entries(self, entries: Iterable[UnchangedEntry]) -> Iterator[Content]:
        for entry in entries:
            label, value = self.words.label(entry), self.words.value(entry.field, entry.value)
            if entry.part is EvidencePart.FINDINGS:
                # The sentence of a finding needs no label.
                label, value = value, ""
            verdict = plain(
                f"{self.words.verdict(entry, self.comparison.since_round)} ", WARNING if entry.codes else MUTED
            )
            left = joined((f" {label}", ""), (f"  {value}" if value else "", MUTED))
            yield row(left, verdict, self.width)
