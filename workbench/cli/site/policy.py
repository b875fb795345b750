"""Commands about the policy: policy show, check, apply."""

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

from workbench import i18n
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.json_values import plain
from workbench.cli.framework.options import argument, option
from workbench.cli.framework.registration import Entry
from workbench.cli.site.supplier_questions import FIELDS
from workbench.i18n import N_, _

if TYPE_CHECKING:
    from workbench.services.site.policies import PolicyVersion

PolicyFile = Annotated[Path, argument("FILE", N_("Policy: a whole TOML file."))]


def show(
    context: CommandContext, toml: Annotated[bool, option("--toml", N_("Print the whole file in force."))] = False
) -> None:
    """Show the policy in force."""
    with context.services() as services:
        version = services.policies.in_force()
    if context.as_json:
        output.document({**_document(version), **({"toml": version.text} if toml else {})})
    elif toml:
        output.file_text(version.text)
    else:
        output.pairs(_lines(version))


def check(context: CommandContext, file: PolicyFile) -> None:
    """Check a policy file."""
    from workbench.services.site.policies import check_policy

    policy = check_policy(file)
    context.print_result(
        {"file": str(file), "version": policy.version, "rules": len(policy.rules), "reasons": len(policy.reasons)},
        _("{file} is a policy that can be applied.").format(file=file),
    )


def apply(context: CommandContext, file: PolicyFile) -> None:
    """Put a policy file into force."""
    from workbench.services.policy.supplier import advice_on_made_up

    with context.services() as services:
        is_changed = services.policies.apply(file)
        version = services.policies.in_force()
    if context.as_json:
        output.document({**_document(version), "changed": is_changed})
        return
    sentence = (
        _("{file} is in force from now on, as policy {number}; cases opened before keep theirs.")
        if is_changed
        else _("{file} is in force already, as policy {number}; nothing was changed.")
    )
    output.narrate(sentence.format(file=file, number=version.number))
    if version.is_supplier_made_up:
        output.narrate(advice_on_made_up())


def _document(version: "PolicyVersion") -> dict[str, Any]:
    """Return the version in force as JSON."""
    return {
        "policy": version.number,
        "version": version.policy.version,
        "sha256": version.sha256,
        "applied_at": plain(version.applied_at, ZoneInfo(version.policy.zone)),
        "supplier": plain(version.policy.supplier, UTC),
        "supplier_made_up": version.is_supplier_made_up,
    }


def _lines(version: "PolicyVersion") -> Iterator[tuple[str, str]]:
    """Yield what is shown of the version in force, as names and values."""
    from workbench.services.policy.supplier import advice_on_made_up

    policy = version.policy
    applied_at = version.applied_at.astimezone(ZoneInfo(policy.zone))
    yield _("Policy"), f"{version.number} ({policy.version})"
    yield _("In force since"), f"{applied_at:%Y-%m-%d %H:%M}"
    yield "SHA-256", version.sha256
    yield _("Rules"), str(len(policy.rules))
    yield _("Reasons"), str(len(policy.reasons))
    for name, value in policy.supplier.in_language(i18n.current_language()).items():
        yield _(FIELDS[name]), value
    if version.is_supplier_made_up:
        yield _("note"), advice_on_made_up()


GROUP = "policy"
GROUP_HELP = N_("Show, check and replace the policy. Default: show.")
ENTRIES = (
    Entry("show", show, N_("Show the policy in force; with --toml, the whole file.")),
    Entry("check", check, N_("Check a policy file without applying it.")),
    Entry("apply", apply, N_("Put a policy file into force for new applications (admin).")),
)
