"""The words about the special cases of a policy."""

from workbench.domain.case.lifecycle import CLASS_WORDS
from workbench.domain.policy.policy import Policy
from workbench.domain.policy.settings import SpecialCase
from workbench.i18n import _, comma_joined, current_language
from workbench.wording.case.fields import FIELD_NAMES
from workbench.wording.findings import document_name


def special_case_words(special: SpecialCase, policy: Policy) -> tuple[str, str]:
    """Return for which applications a policy has a special case, and what is different for them."""
    conditions = [f"{_(FIELD_NAMES[fact])} = {' / '.join(values)}" for fact, values in special.conditions.items()]
    effects = []
    if special.service_class is not None:
        effects.append(_("service class: {name}").format(name=_(CLASS_WORDS[special.service_class])))
    if special.documents:
        names = comma_joined(document_name(kind, policy, current_language()) for kind in special.documents)
        effects.append(_("also required: {documents}").format(documents=names))
    if special.rectify_days is not None:
        effects.append(_("working days to rectify: {count}").format(count=special.rectify_days))
    if special.pending_days is not None:
        effects.append(_("working days of a pending case: {count}").format(count=special.pending_days))
    return comma_joined(conditions), "; ".join(effects)
