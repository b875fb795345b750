"""The supplier, who sends the letters: the made-up one of the default policy, or one from a file."""

import json
from functools import cache

from db.enums import Language
from workbench.domain.policy.policy import BilingualText, Supplier
from workbench.i18n import _
from workbench.policies import DEFAULT_POLICY_NAME, default_policy_text
from workbench.services.policy.reader import parse_policy

_IDENTIFYING = ("name", "phone", "address")
"""The fields that a real supplier must replace."""


@cache
def made_up_supplier() -> Supplier:
    """Return the made-up supplier of the default policy."""
    return parse_policy(default_policy_text(), DEFAULT_POLICY_NAME).supplier


def is_made_up(supplier: Supplier) -> bool:
    """Say whether the name, phone or address of a supplier is still made up, in any language."""
    pairs = [(made_up_supplier().in_language(one), supplier.in_language(one)) for one in Language]
    return any(made_up[name] in given[name] for made_up, given in pairs for name in _IDENTIFYING)


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
    """Return a text as a basic string of TOML, escaped as in JSON; the delete character is escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
