"""The supplier, who sends the letters: the made-up one of the default policy, or one from a file."""

import json
import re
from collections.abc import Sequence
from functools import cache

from db.enums import Language
from workbench.domain.policy.policy import BilingualText, Supplier
from workbench.i18n import _
from workbench.policies import DEFAULT_POLICY_NAME, default_policy_text
from workbench.services.policy.reader import parse_policy

_IDENTIFYING = ("name", "phone", "address")
"""The fields in which a real supplier differs from the made-up one."""


@cache
def made_up_supplier() -> Supplier:
    """Return the supplier of the default policy, which does not exist."""
    return parse_policy(default_policy_text(), DEFAULT_POLICY_NAME).supplier


def made_up_values(language: Language) -> tuple[str, ...]:
    """Return the made-up name, phone and address in a language."""
    values = made_up_supplier().in_language(language)
    return tuple(values[name] for name in _IDENTIFYING)


def is_made_up(supplier: Supplier) -> bool:
    """Say whether the name, phone or address of a supplier is still made up, in any language."""
    return any(
        made_up in supplier.in_language(language)[name]
        for language in Language
        for name, made_up in zip(_IDENTIFYING, made_up_values(language), strict=True)
    )


def sender_of(letter: str, suppliers: Sequence[Supplier], language: Language) -> Supplier:
    """Return the supplier that a letter names: the one with the most values in the letter, by default the first."""

    def named(supplier: Supplier) -> int:
        values = supplier.in_language(language)
        if not all(values[name] in letter for name in _IDENTIFYING):
            return 0
        return sum(len(value) for value in values.values() if value in letter)

    return max(suppliers, key=named)


def with_sender(letter: str, before: Supplier, supplier: Supplier, language: Language) -> str:
    """Return a letter with a supplier instead of the one that it names."""
    right, named = supplier.in_language(language), before.in_language(language)
    # All values are replaced in one pass, so that inserted values are not searched. Longer values come first, because
    # they may contain shorter ones.
    names = sorted(named, key=lambda name: len(named[name]), reverse=True)
    values = {named[name].rstrip("。"): right[name].rstrip("。") for name in names}
    return re.sub("|".join(_place_of(named[name], name) for name in names), lambda found: values[found[0]], letter)


def _place_of(value: str, name: str) -> str:
    """Return the pattern of a value: a name is alone in its line, and a phone number is not part of a longer one."""
    pattern = re.escape(value.rstrip("。"))
    if name == "name":
        return f"(?m:^{pattern}$)"
    return rf"(?<![0-9]){pattern}(?![0-9])" if name == "phone" else pattern


def advice_on_made_up() -> str:
    """Return the message that the made-up supplier is in force, and how to replace it."""
    return _(
        "The letters name a made-up supplier, so they are neither exported nor sent. Write yours into [supplier] of "
        "the file that `workbench policy show --toml` prints, then run `workbench policy apply FILE`."
    )


def with_supplier(policy_text: str, supplier: Supplier) -> str:
    """Return the text of the default policy with another supplier."""
    before, _header, rest = policy_text.partition("[supplier]\n")
    _table, end, after = rest.partition("\n# --- Checklist")
    return f"{before}{supplier_toml(supplier)}{end}{after}"


def supplier_toml(supplier: Supplier) -> str:
    """Return a supplier as TOML."""
    english, chinese = supplier.in_language("en"), supplier.in_language("zh")
    lines = (
        f"{name} = {{ en = {_quoted(english[name])}, zh = {_quoted(chinese[name])} }}"
        if isinstance(getattr(supplier, name), BilingualText)
        else f"{name} = {_quoted(english[name])}"
        for name in english
    )
    return "\n".join(("[supplier]", *lines, ""))


def _quoted(text: str) -> str:
    """Return a text as a basic string of TOML, which escapes as JSON does, and the delete character too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
