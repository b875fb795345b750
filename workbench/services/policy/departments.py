"""Finds the departments of a policy."""

from workbench.domain.case.case_id import quoted_masked
from workbench.domain.policy.policy import Policy
from workbench.domain.policy.settings import Department
from workbench.domain.values.values import folded_word
from workbench.errors import NotFound
from workbench.i18n import _, comma_joined


def find_department(policy: Policy, text: str) -> tuple[str, Department]:
    """Return a department by its code or its name in either language.

    Raises:
        NotFound: If the policy has no such department.
    """
    wanted = folded_word(text)
    for code, department in policy.departments.items():
        if wanted in map(folded_word, (code, department.name.en, department.name.zh)):
            return code, department
    message = _("There is no department “{text}”; the policy has {known}.")
    raise NotFound(message.format(text=quoted_masked(text), known=comma_joined(policy.departments) or _("none")))
