"""The texts of the quality screen."""

from itertools import zip_longest

from textual.content import Content

from screens.widgets.safe_text import BOLD, MUTED, WARNING, fitted, flowing, joined, plain, row, wrapped_lines
from workbench.domain.case.case_id import format_case
from workbench.domain.policy.policy import Policy
from workbench.domain.quality.second_look import Answer, SecondLook
from workbench.domain.text.safe import pad_left
from workbench.i18n import _, comma_joined, current_language
from workbench.keys.quality import READ
from workbench.services.quality.figures import QualityFigures
from workbench.services.quality.opinions import OpinionWork
from workbench.services.quality.samples import SampleLine
from workbench.wording.amounts import commas
from workbench.wording.case import quality as words

_COUNT_CELLS, _FIGURE_CELLS, _GAP = 4, 20, 3


def work_line(work: OpinionWork) -> Content:
    """Return what the person can read for a second opinion, with the key for it."""
    if work.reading is not None:
        message = _("You read {case} blindly; {key} brings it back.")
        return plain(message.format(case=format_case(work.reading), key=READ.key), WARNING)
    message = _("{key} reads the next sampled case blindly; waiting: {count}")
    message = message.format(key=READ.key, count=commas(work.offered))
    return plain(message if work.offered else _("No sampled case is left for you."), "" if work.offered else MUTED)


def sample_row(line: SampleLine, width: int) -> Content:
    """Return a sample as a row: its number and period, and how many decisions are drawn, read and left."""
    counts = ((_("Drawn"), line.drawn), (_("Opinions"), line.opinions), (_("Left"), line.left))
    shown = [_labelled(name, pad_left(commas(count), _COUNT_CELLS)) for name, count in counts]
    return row(plain(f"{line.id}  {line.period.first} – {line.period.last}"), Content("  ").join(shown), width)


def _labelled(name: str, value: str, style: str = "") -> Content:
    return joined((f"{name} ", MUTED), (value, style))


def strata_lines(line: SampleLine, width: int) -> list[Content]:
    """Return what is drawn of how many decisions, in all and of each stratum, then what was left out."""
    strata, of_all = line.strata.items(), _("{drawn} of {decisions}")
    drawn = of_all.format(drawn=commas(line.drawn), decisions=commas(line.decisions))
    parts = [_labelled(_("Drawn"), drawn, BOLD), _labelled(_("Golden"), commas(line.golden))]
    parts += [_labelled(words.stratum_words(name), f"{commas(drawn)}/{commas(size)}") for name, (size, drawn) in strata]
    for cause, count in line.left_out.items():
        parts.append(_labelled(f"{_('Left out')} {_(words.LEFT_OUT_WORDS[cause])}", commas(count), WARNING))
    return flowing(parts, width)


def figures_lines(figures: QualityFigures, width: int) -> list[Content]:
    """Return how far first and second opinions agree on a sample, in a few lines."""
    raw, kappa, ac1 = words.agreement_words(figures.verdicts)
    jaccard, differing = words.estimate_words(figures.jaccard), sum(figures.stands.values()) + figures.waiting
    values = [(_("Pairs"), commas(figures.verdicts.pairs)), (_("raw"), raw), ("κ", kappa), ("AC1", ac1)]
    values += [(_("Golden cases answered right"), words.golden_words(figures.golden))] * bool(figures.golden[0])
    values += [(_("Reasons in common"), jaccard), (_("Different"), commas(differing))]
    values += [(_("Waiting for a third person"), commas(figures.waiting))]
    return flowing([_labelled(name, value) for name, value in values if value], width)


def all_figures(figures: QualityFigures, sample: SampleLine | None, width: int) -> list[Content]:
    """Return the agreement of all cases, each reviewer, class, month and reason, what it means, and the strata."""
    found = words.agreement_rows(figures.verdicts, figures.by, figures.reasons)
    rows = [(f"{name}: {commas(one.pairs)}", *words.agreement_words(one)) for name, one in found]
    rows = [(_("Pairs"), _("raw"), "κ", "AC1"), *rows]
    values = ((name, "".join(pad_left(text, _FIGURE_CELLS) for text in texts)) for name, *texts in rows)
    lines = [row(plain(name), plain(shown), width) for name, shown in values]
    stands = [f"{_(sentence)} {commas(figures.stands[name])}" for name, sentence in words.STANDS_WORDS.items()]
    meaning = _(
        "raw: the share of cases on which both say the same; κ: without agreement by chance, unreliable where nearly"
        " all pass; AC1: the same, reliable there. In brackets: the 95 % interval."
    )
    more = (wrapped_lines(comma_joined(stands), width), [Content()], wrapped_lines(meaning, width, MUTED), [Content()])
    strata = strata_lines(sample, width) if sample is not None else []
    return [*lines, Content(), *(line for part in more for line in part), *strata]


def look_row(look: SecondLook, name: str, width: int) -> Content:
    """Return a differing opinion as a row: the right answer or the decision, the opinion, and which stands."""
    stands = _(words.STANDS_WORDS[look.stands]) if look.stands else _("waits for a third person")
    first, second = map(words.answer_words, (look.right or look.first, look.second))
    left = joined((f"{name}  ", BOLD), (f"{first} ", ""), ("≠ ", WARNING), (second, ""))
    return row(left, plain(stands, MUTED if look.stands else WARNING), width)


def look_lines(look: SecondLook, policy: Policy, width: int) -> list[Content]:
    """Return both answers side by side with the titles of their reasons, the right one, which stands and why."""
    half = (width - _GAP) // 2
    first = _answer(_("First, {login}").format(login=look.maker), look.first, policy, half)
    second = _answer(_("Second, {login}").format(login=look.reader), look.second, policy, half)
    second += wrapped_lines(look.note, half, MUTED) if look.note else []
    pairs = zip_longest(first, second, fillvalue=Content())
    lines = [Content.assemble(one, " " * (half - one.cell_length + _GAP), two) for one, two in pairs]
    lines += _answer(_("Right answer"), look.right, policy, width) if look.right else []
    if look.stands:
        stands = f"{_(words.STANDS_WORDS[look.stands])} ({look.adjudicator})  {look.adjudication}"
        lines += wrapped_lines(stands, width, BOLD)
    return lines


def _answer(head: str, answer: Answer, policy: Policy, width: int) -> list[Content]:
    codes, language = sorted(answer[2]), current_language()
    reasons = [
        words_of for code in codes for words_of in wrapped_lines(f"{code} {policy.reason_title(code, language)}", width)
    ]
    verdict = words.answer_words((answer[0], answer[1], frozenset()))
    return [plain(fitted(head, width).rstrip(), MUTED), plain(verdict, BOLD), *reasons]
