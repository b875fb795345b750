"""The policy that a database begins with."""

import re
from importlib import resources

from workbench.i18n import _

DEFAULT_POLICY_NAME = "default.toml"
COMMENT = re.compile(r"(?m)^#.*(?:\n#.*)*|(?<= )# .*$")
"""A comment of the default policy: adjoining lines, or the end of a line."""


def default_policy_text() -> str:
    """Return the text of the default policy."""
    return (resources.files(__name__) / DEFAULT_POLICY_NAME).read_text(encoding="utf-8")


def with_local_comments(text: str) -> str:
    """Return the default policy with its comments in the current language, for those who will edit the file."""
    return COMMENT.sub(lambda comment: _(comment[0]), text)
