"""The words of the quality review."""

from collections import Counter
from typing import TYPE_CHECKING

from db.enums import FailKind, Verdict
from workbench.domain.case.case_id import format_case, format_decision
from workbench.domain.case.lifecycle import CLASS_WORDS, RISK_WORDS
from workbench.i18n import N_, _, comma_joined, with_remark
from workbench.wording.case.labels import DECIDED_WORDS, VERDICT_TITLES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from workbench.domain.quality.agreement import Agreement, Estimate
    from workbench.domain.quality.second_look import Answer, SecondLook

LEFT_OUT_WORDS = {
    "open": N_("of open cases"),
    "erased": N_("erased"),
    "handled": N_("known to every reviewer"),
}
"""Why decisions cannot be drawn."""

_PARTS = {
    "fast": N_("unusually fast"),
    "overridden": N_("passed against a blocking finding"),
    **{str(one): words for one, words in (*DECIDED_WORDS.items(), *RISK_WORDS.items(), *CLASS_WORDS.items())},
}
"""The words for the parts of strata that are neither people nor names."""


def stratum_words(name: str) -> str:
    """Return the name of a stratum for people: its parts in their language."""
    return comma_joined(_(_PARTS.get(part, part)) for part in name.split(", "))


STANDS_WORDS = {
    "first": N_("the first opinion stands"),
    "second": N_("the second opinion stands"),
    "neither": N_("neither opinion stands"),
}
"""What a third person says."""


_GROUP_WORDS = {"reviewer": N_("Reviewer"), "class": N_("Service class"), "month": N_("Month")}
"""What the cases of a figure have in common."""


def agreement_rows(
    verdicts: "Agreement", groups: "Mapping[str, Mapping[str, Agreement]]", reasons: "Mapping[str, Agreement]"
) -> "list[tuple[str, Agreement]]":
    """Return the agreement on verdicts, then that of each reviewer, class, month and reason, each with its name."""
    of_groups = [
        (f"{_(_GROUP_WORDS[group])} {stratum_words(name)}", one)
        for group, found in groups.items()
        for name, one in found.items()
    ]
    of_reasons = [(f"{_('Reason')} {code}", one) for code, one in reasons.items()]
    return [(_("verdicts, by strata"), verdicts), *of_groups, *of_reasons]


def agreement_words(found: "Agreement") -> list[str]:
    """Return raw agreement, kappa and AC1 with their intervals, or why there are none."""
    if found.raw is None:
        return [_("too few to tell"), "", ""]
    return [estimate_words(estimate) for estimate in (found.raw, found.kappa, found.ac1)]


def look_names(looks: "Collection[SecondLook]") -> dict[int, str]:
    """Return the number of the case of each look by `sampled_id`, with that of the decision if the case is repeated."""
    times = Counter(look.case_id for look in looks)
    return {
        look.sampled_id: with_remark(
            format_case(look.case_id), format_decision(look.decision_id) if times[look.case_id] > 1 else ""
        )
        for look in looks
    }


def estimate_words(estimate: "Estimate | None") -> str:
    """Return a figure with its 95 % interval unless that has no width, "–" without a figure."""
    if estimate is None:
        return "–"
    value, low, high = (f"{number:z.2f}" for number in (estimate.value, estimate.low, estimate.high))
    # All disagreement in strata of one case: the bootstrap cannot estimate how far it varies.
    return value if low == high else f"{value} ({low} – {high})"


def golden_words(golden: tuple[int, int]) -> str:
    """Return how many of the opinions on golden cases are right, "–" without any."""
    opinions, right = golden
    return _("{right} of {opinions}").format(right=right, opinions=opinions) if opinions else "–"


def answer_words(answer: "Answer") -> str:
    """Return a verdict with its reasons."""
    verdict, fail_kind, reasons = answer
    words = _(VERDICT_TITLES[Verdict(verdict)])
    return " ".join((with_remark(words, _("final") if fail_kind == FailKind.FINAL else ""), *sorted(reasons)))
