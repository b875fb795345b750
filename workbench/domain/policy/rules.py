"""The rules of a policy file: what they observe, their limits and their words."""

from collections.abc import Collection, Mapping
from typing import Any

from db.enums import PanelKind, Severity
from workbench.domain.facts.all_facts import FACTS
from workbench.domain.facts.fact import FactSort
from workbench.domain.findings.evaluate import COMPARISONS
from workbench.domain.policy.policy import FactValue, Limit, Rule, Scope, Words
from workbench.domain.policy.table import Table
from workbench.i18n import _
from workbench.wording.findings import PLACEHOLDERS, names_in

UNITS = frozenset(
    {
        "",
        "days",
        "years",
        "fen",
        "cards",
        "documents",
        "calls",
        "ratio",
        "s",
        "handsets",
        "complaints",
        "records",
        "words",
    }
)
CODE_LENGTH = 32
SOURCE_LENGTH = 300

_EQUALITY = frozenset({"=", "!="})
_SAMPLES = ("calls", "answered")
_TYPES: Mapping[FactSort, tuple[type, ...]] = {
    FactSort.NUMBER: (int, float),
    FactSort.FLAG: (bool,),
    FactSort.TEXT: (str,),
}
_MUST_BE: Mapping[FactSort, str] = {
    FactSort.NUMBER: "a number",
    FactSort.FLAG: "true or false",
    FactSort.TEXT: "a text",
}


def read_rules(policy: Table) -> dict[str, Rule]:
    """Return the rules of a file, in its order.

    Raises:
        BadConfiguration: If a rule is not one, observes what nobody computes or compares what cannot be compared.
    """
    rules = {code: _rule(code, table) for code, table in policy.named("rules")}
    if not rules:
        policy.wrong("rules", _("there is no rule; add one"))
    for code, rule in rules.items():
        if rule.yields_to and (rule.yields_to not in rules or rule.yields_to == code):
            policy.wrong(
                f"rules.{code}.yields_to",
                _("“{rule}” is no other rule of this policy").format(rule=rule.yields_to),
            )
    return rules


def check_placeholders(table: Table, key: str, words: Words, allowed: Collection[str]) -> None:
    """Refuse texts with placeholders that are not allowed, or with a brace that stands alone.

    Raises:
        BadConfiguration: If there is one.
    """
    for text in (words.en, words.zh):
        try:
            unknown = names_in(text) - set(allowed)
        except ValueError:
            table.wrong(key, _("a brace stands alone; write placeholders such as {example}").format(example="{days}"))
        if unknown:
            shown = "{" + sorted(unknown)[0] + "}"
            known = ", ".join("{" + name + "}" for name in sorted(allowed)) or "–"
            table.wrong(key, _("{shown} cannot be used here; allowed: {known}").format(shown=shown, known=known))


def _rule(code: str, table: Table) -> Rule:
    if len(code) > CODE_LENGTH:
        table.wrong("", _("a code must not be longer than {most} characters").format(most=CODE_LENGTH))
    rule = Rule(
        code=code,
        leg=table.choice("leg", PanelKind),
        text=_text(table),
        source=table.text("source", most=SOURCE_LENGTH),
        told=table.flag("told"),
        limits=tuple(_limit(limit) for limit in table.tables("limits")),
        yields_to=table.text("yields_to", ""),
    )
    if not rule.limits:
        table.wrong("limits", _("there is no limit; add one under [[rules.{code}.limits]]").format(code=code))
    table.done()
    return rule


def _text(table: Table) -> Words:
    words = table.words("text")
    check_placeholders(table, "text", words, PLACEHOLDERS)
    return words


def _limit(table: Table) -> Limit:
    scope = _scope(table)
    observes = _fact(table, "observes", scope)
    op = table.word("op", COMPARISONS)
    sort = FACTS[scope][observes]
    if sort is not FactSort.NUMBER and op not in _EQUALITY:
        table.wrong(
            "op",
            _("“{fact}” is {what}; compare it by = or !=").format(fact=observes, what=_(_MUST_BE[sort])),
        )
    value, value_of = _bound(table, scope, sort)
    min_fact, min_count = _sample(table, scope)
    limit = Limit(
        observes=observes,
        op=op,
        value=value,
        value_of=value_of,
        unit=table.word("unit", UNITS, ""),
        severity=table.choice("severity", Severity),
        scope=scope,
        when=_when(table, scope),
        min_fact=min_fact,
        min_count=min_count,
        subject_of=_subject_of(table, scope),
        source=table.text("source", "", most=SOURCE_LENGTH),
        text=_text(table) if table.has("text") else None,
    )
    table.done()
    return limit


def _scope(table: Table) -> Scope:
    match table.word("scope", FACTS, "case"):
        case "card":
            return "card"
        case "document":
            return "document"
        case _other:
            return "case"


def _known_facts(scope: Scope) -> Mapping[str, FactSort]:
    """Return the facts that a limit of a scope may compare with: its own, and those of the case."""
    return {**FACTS["case"], **FACTS[scope]}


def _fact(table: Table, key: str, scope: Scope) -> str:
    name = table.text(key)
    if name not in FACTS[scope]:
        table.wrong(
            key,
            _("“{name}” is no fact of a {scope}; known: {known}").format(
                name=name, scope=scope, known=", ".join(sorted(FACTS[scope]))
            ),
        )
    return name


def _other_fact(table: Table, key: str, scope: Scope, sort: FactSort) -> str:
    if not table.has(key):
        return table.text(key, "")
    name = table.text(key)
    known = sorted(fact for fact, its in _known_facts(scope).items() if its is sort)
    if name not in known:
        table.wrong(
            key,
            _("“{name}” is no fact that is {what}; known: {known}").format(
                name=name, what=_(_MUST_BE[sort]), known=", ".join(known)
            ),
        )
    return name


def _subject_of(table: Table, scope: Scope) -> str:
    return _other_fact(table, "subject_of", scope, FactSort.TEXT)


def _bound(table: Table, scope: Scope, sort: FactSort) -> tuple[FactValue, str]:
    """Return the value, or the name of the fact, that a limit compares with."""
    value_of = _other_fact(table, "value_of", scope, sort)
    if table.has("value") == bool(value_of):
        table.wrong("value", _("give either value or value_of, not both and not neither"))
    if value_of:
        table.taken.add("value")
        return None, value_of
    table.taken.add("value")
    return _of_sort(table, "value", table.values["value"], sort), ""


def _of_sort(table: Table, key: str, value: Any, sort: FactSort) -> FactValue:
    fits = isinstance(value, _TYPES[sort]) and (sort is FactSort.FLAG or not isinstance(value, bool))
    # TOML knows nan and inf; nothing can be compared with the first.
    if not fits or value != value:  # noqa: PLR0124 - only nan is unequal to itself
        table.wrong(key, _("must be {what}").format(what=_(_MUST_BE[sort])))
    known: FactValue = value
    return known


def _sample(table: Table, scope: Scope) -> tuple[str, int]:
    """Return which fact counts the sample, and how many it takes at least."""
    given = [name for name in _SAMPLES if table.has(f"min_{name}")]
    for name in _SAMPLES:
        table.taken.add(f"min_{name}")
    if not given:
        return "", 0
    if len(given) > 1 or given[0] not in _known_facts(scope):
        table.wrong(f"min_{given[-1]}", _("give one least sample, of a fact that is counted here"))
    return given[0], table.whole(f"min_{given[0]}", 1, 1_000_000)


def _when(table: Table, scope: Scope) -> Mapping[str, tuple[FactValue, ...]] | None:
    """Return under which facts a limit applies; a list of values means any of them."""
    if not table.has("when"):
        table.taken.add("when")
        return None
    conditions = table.table("when")
    known = _known_facts(scope)
    chosen: dict[str, tuple[FactValue, ...]] = {}
    for name, value in conditions.values.items():
        if name not in known:
            conditions.wrong(name, _("no such fact; known: {known}").format(known=", ".join(sorted(known))))
        values = value if isinstance(value, list) else [value]
        chosen[name] = tuple(_of_sort(conditions, name, one, known[name]) for one in values)
    return chosen
