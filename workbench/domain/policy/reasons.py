"""The reasons and the checklist of a policy file."""

from collections.abc import Mapping

from db.enums import ApplicantKind, PanelKind, Verdict, WaitsFor
from workbench.domain.policy.policy import (
    CLEAN_REASON,
    OVERRIDE_REASON,
    Question,
    Reason,
    Rule,
    Words,
)
from workbench.domain.policy.rules import CODE_LENGTH, check_placeholders
from workbench.domain.policy.table import Table
from workbench.i18n import _
from workbench.wording.findings import PLACEHOLDERS, outside_brackets

_NOT_TOLD = frozenset({"subject"})
_NOTHING = Words("", "")


def read_reasons(policy: Table, rules: Mapping[str, Rule], cap_days: int) -> dict[str, Reason]:
    """Return the reasons of a file, in its order.

    Raises:
        BadConfiguration: If a reason is not one, or there is a rule without a reason of its code, or a reason that
            tells the applicant figures which its rule keeps for us, or no reason for a clean pass or an override.
    """
    reasons = {code: _reason(table, code, rules.get(code), cap_days) for code, table in policy.named("reasons")}
    for code in (CLEAN_REASON, OVERRIDE_REASON):
        if code not in reasons or Verdict.PASS not in reasons[code].verdicts:
            policy.wrong(f"reasons.{code}", _('missing; add it, with verdicts = ["pass"]'))
    for code in rules:
        if code not in reasons:
            policy.wrong(f"reasons.{code}", _("missing; add a reason for this rule"))
    return reasons


def read_questions(policy: Table) -> tuple[Question, ...]:
    """Return the checklist of a file.

    Raises:
        BadConfiguration: If a question is not one, or its code stands twice.
    """
    questions = tuple(_question(table) for table in policy.tables("questions"))
    codes = [question.code for question in questions]
    for code in codes:
        if codes.count(code) > 1:
            policy.wrong("questions", _("the code “{code}” stands twice; rename one").format(code=code))
    return questions


def _reason(table: Table, code: str, rule: Rule | None, cap_days: int) -> Reason:
    if len(code) > CODE_LENGTH:
        table.wrong("", _("a code must not be longer than {most} characters").format(most=CODE_LENGTH))
    verdicts = frozenset(table.choices("verdicts", Verdict))
    if not verdicts:
        table.wrong("verdicts", _("name at least one verdict"))
    reason = Reason(
        code=code,
        verdicts=verdicts,
        title=table.words("title"),
        letter=_told(table, "letter", rule),
        item=_told(table, "item", rule) if table.has("item") else _nothing(table, "item"),
        rectify_days=table.whole("rectify_days", 1, cap_days) if table.has("rectify_days") else None,
        waits_for=table.choice("waits_for", WaitsFor) if table.has("waits_for") else None,
    )
    table.taken.update({"rectify_days", "waits_for"})
    if reason.rectify_days is not None and not reason.item.en:
        table.wrong("rectify_days", _("there is no item to mend; add one or remove the days"))
    table.done()
    return reason


def _nothing(table: Table, key: str) -> Words:
    table.taken.add(key)
    return _NOTHING


def _told(table: Table, key: str, rule: Rule | None) -> Words:
    """Return a text for the applicant; figures only between brackets, and none that the rule keeps for us."""
    words = table.words(key)
    allowed: frozenset[str] = frozenset()
    if rule is not None:
        allowed = PLACEHOLDERS if rule.told else _NOT_TOLD
    check_placeholders(table, key, words, allowed)
    for text in (words.en, words.zh):
        bare = outside_brackets(text)
        if "{" in bare or "[" in bare or "]" in bare:
            table.wrong(
                key,
                _("placeholders stand between square brackets, such as {example}").format(
                    example="[ ({days} days ago)]"
                ),
            )
    return words


def _question(table: Table) -> Question:
    kinds = frozenset(table.choices("kinds", ApplicantKind)) if table.has("kinds") else frozenset(ApplicantKind)
    table.taken.add("kinds")
    question = Question(
        code=table.text("code", most=CODE_LENGTH),
        leg=table.choice("leg", PanelKind),
        text=table.words("text"),
        kinds=kinds,
    )
    table.done()
    return question
