"""The policy that a database begins with."""

from importlib import resources

DEFAULT_POLICY_NAME = "default.toml"


def default_policy_text() -> str:
    """Return the text of the default policy."""
    return (resources.files(__name__) / DEFAULT_POLICY_NAME).read_text(encoding="utf-8")
