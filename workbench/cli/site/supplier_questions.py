"""Asks on the terminal who sends the letters."""

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.cli.framework import output
from workbench.cli.framework.questions import ask, is_terminal
from workbench.i18n import _
from workbench.wording.policy import SUPPLIER_WORDS

if TYPE_CHECKING:
    from workbench.domain.policy.policy import Supplier


def read_or_ask_supplier(file: Path | None, *, may_ask: bool) -> "Supplier | None":
    """Read the supplier from a file, or ask for it on the terminal if there is no file.

    The result is None if there is no terminal, or no answer.

    Raises:
        WorkbenchError: If the file has no supplier that can be used.
    """
    if file is not None:
        from workbench.services.site.policies import read_supplier

        return read_supplier(file)
    return ask_supplier() if may_ask and is_terminal() else None


def ask_supplier() -> "Supplier | None":
    """Ask for each field in Chinese and English, and return the supplier; None if the first answer is empty.

    Raises:
        BadConfiguration: If an answer is blank or longer than a policy allows.
    """
    from workbench.domain.policy.policy import BilingualText, Supplier
    from workbench.services.policy.reader import parse_supplier, phone_problem
    from workbench.services.policy.supplier import made_up_supplier, supplier_toml

    def words(field: str, default: BilingualText | None = None) -> BilingualText:
        label = _(SUPPLIER_WORDS[field])
        chinese = ask(_("{field}, in Chinese").format(field=label), default.zh if default else None)
        return BilingualText(zh=chinese, en=english(field, default.en if default else chinese))

    def english(field: str, default: str) -> str:
        return ask(_("{field}, in English").format(field=_(SUPPLIER_WORDS[field])), default)

    def phone() -> str:
        label = _(SUPPLIER_WORDS["phone"])
        while (problem := phone_problem(answer := ask(label, None))) is not None:
            output.narrate(f"{label}: {problem}.")
        return answer

    output.narrate(_("Who sends the letters to applicants? Enter takes the value in brackets."))
    name = ask(_("Supplier, in Chinese; Enter: later, with `workbench policy apply`"))
    if not name:
        return None
    default = made_up_supplier()
    answered = Supplier(
        name=BilingualText(zh=name, en=english("name", name)),
        phone=phone(),
        hours=words("hours", default.hours),
        address=words("address"),
        appeal=words("appeal", default.appeal),
        complaint=words("complaint", default.complaint),
    )
    return parse_supplier(supplier_toml(answered), "init")
