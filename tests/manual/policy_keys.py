"""The keys of a policy file, each with a sentence: the list in the chapter of the manual about the policy.

The keys and what they accept come from the dataclasses of the policy, their values from the default policy, and their
sentences from `policy_keys.toml`.
"""

import json
import tomllib
from collections import abc
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import EnumType
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from annotated_types import Interval

from db.enums import ApplicantKind, CaseState, DocumentKind, Risk, ServiceClass, Verdict, WaitsFor
from tests.languages import COLON, SEMICOLON, said
from workbench.domain.policy.policy import Policy
from workbench.domain.policy.retention import WHOLE_CASES, RetentionKind
from workbench.domain.policy.settings import BilingualText
from workbench.policies import default_policy_text

SENTENCES: Mapping[str, Mapping[str, str]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)
"""The sentences by the header of a table, or by the path of a key."""

_TOP = "[top]"
_MOST_SHOWN = 56
"""The longest value, in characters, that is shown beside its key."""

_PLACEHOLDERS: Mapping[Any, str] = {
    ServiceClass: "CLASS",
    ApplicantKind: "KIND",
    Risk: "RISK",
    DocumentKind: "DOCUMENT",
    Verdict: "VERDICT",
    WaitsFor: "PARTY",
    RetentionKind: "KIND",
}
"""What stands for the keys of a table that are values of an enumeration."""


@dataclass(frozen=True)
class PolicyKey:
    """A key: the header of its table, the path of its sentence, how it is written, and what it accepts."""

    header: str
    path: str
    written: str
    accepted: tuple[str, ...]
    is_optional: bool


def policy_keys() -> list[PolicyKey]:
    """Return all keys of a policy file in the order of the dataclasses, those of a table together."""
    keys = list(_keys_of_table(Policy, "", _TOP, "", tomllib.loads(default_policy_text())))
    headers = list(dict.fromkeys(key.header for key in keys))
    return sorted(keys, key=lambda key: headers.index(key.header))


def policy_key_list() -> str:
    """Return a paragraph for each table of a policy file, with a line for each key."""
    remark_of, semicolon, colon = said({"en": " ({})", "zh": "（{}）"}), said(SEMICOLON), said(COLON)
    optional = said({"en": "optional", "zh": "可不写"})
    paragraphs: dict[str, list[str]] = {}
    for key in policy_keys():
        accepted = semicolon.join([*key.accepted, *([optional] if key.is_optional else [])])
        remark = remark_of.format(accepted) if accepted else ""
        line = f"`{key.written}`{remark}{colon}{said(SENTENCES[key.path])}"
        paragraphs.setdefault(key.header, []).append(line)
    titles = {header: said(SENTENCES[header]) for header in paragraphs}
    heads = {header: f"`{header}` **{title}**" for header, title in titles.items()} | {_TOP: f"**{titles[_TOP]}**"}
    return "\n\n".join("\\\n".join((heads[header], *lines)) for header, lines in paragraphs.items())


def _keys_of_table(kind: type, path: str, header: str, table: str, values: Any) -> Iterator[PolicyKey]:
    """Yield the keys of the table of a dataclass; `values` are those of the default policy."""
    hints = get_type_hints(kind, include_extras=True)
    for each in fields(kind):
        # The code of a rule and a reason is the name of its table.
        if each.name == "code" and path in {"rules", "reasons"}:
            continue
        bare, entry = _bare(hints[each.name]), _bare(_entry(hints[each.name]))
        inner_path, inner_table = (f"{prefix}.{each.name}".lstrip(".") for prefix in (path, table))
        value = values.get(each.name) if isinstance(values, dict) else None
        if _is_table(bare):
            yield from _keys_of_table(bare, inner_path, f"[{inner_table}]", inner_table, value)
        elif _is_table(entry) and get_origin(bare) is tuple:
            yield from _keys_of_table(entry, inner_path, f"[[{inner_table}]]", inner_table, None)
        elif _is_table(entry):
            yield from _keys_of_table(entry, inner_path, f"[{inner_table}.CODE]", f"{inner_table}.CODE", None)
        else:
            is_optional = each.default is not MISSING or each.default_factory is not MISSING
            written, accepted = _written(each.name, hints[each.name], value, is_at_top=header == _TOP)
            own_header = f"[{each.name}]" if header == _TOP and entry is not None else header
            yield PolicyKey(own_header, inner_path, written, accepted, is_optional)


def _written(name: str, kind: Any, value: Any, *, is_at_top: bool) -> tuple[str, tuple[str, ...]]:
    """Return how a key is written, and what it accepts."""
    bare, accepted = _bare(kind), [_accepted(kind)]
    if _is_mapping(bare):
        part = get_args(bare)[0]
        placeholder = _PLACEHOLDERS.get(part) or ("FACT" if name == "when" else "NAME")
        name = placeholder if is_at_top else f"{name}.{placeholder}"
        accepted = [f"{placeholder} = {known}" if (known := _accepted(part)) else "", *accepted]
        bare = _bare(_entry(kind))
    if bare is BilingualText:
        name += " = { en, zh }"
    elif not isinstance(value, dict | None) and len(shown := json.dumps(value, ensure_ascii=False)) <= _MOST_SHOWN:
        name += f" = {shown}"
    return name, tuple(filter(None, accepted))


def _accepted(kind: Any) -> str:
    """Return what a value accepts: from which to which number, or the choices as code; empty for free texts."""
    bare = _bare(kind)
    if bare is CaseState:
        # Only closed cases are kept for a period.
        return _choices(WHOLE_CASES)
    if isinstance(bare, EnumType) and bare is not DocumentKind:
        return _choices(bare)
    if get_origin(bare) is Literal:
        return _choices(get_args(bare))
    if bare in {int, float}:
        return " ".join(f"{each.ge}–{each.le}" for each in _annotations(kind) if isinstance(each, Interval))
    return "" if (entry := _entry(kind)) is None else _accepted(entry)


def _choices(values: Iterable[str]) -> str:
    return " ".join(f"`{value}`" for value in values if value)


def _annotations(kind: Any) -> tuple[Any, ...]:
    """Return what is annotated to a type, or to one that may be None."""
    return get_args(kind)[1:] if get_origin(kind) is Annotated else get_args(_without_none(kind))[1:]


def _bare(kind: Any) -> Any:
    """Return a type without its annotations and without None."""
    without = _without_none(kind)
    return get_args(without)[0] if get_origin(without) is Annotated else without


def _without_none(kind: Any) -> Any:
    """Return the other type of a type or None."""
    parts = get_args(kind) if get_origin(kind) in {Union, UnionType} else ()
    return parts[0] if len(parts) == 2 and parts[1] is NoneType else kind


def _entry(kind: Any) -> Any:
    """Return the type of the entries of a table or list, with its annotations; None for other types."""
    bare = _bare(kind)
    inner = get_args(bare)
    return inner[1] if _is_mapping(bare) else inner[0] if get_origin(bare) is tuple else None


def _is_mapping(bare: Any) -> bool:
    return get_origin(bare) is abc.Mapping


def _is_table(bare: Any) -> bool:
    return is_dataclass(bare) and bare is not BilingualText
