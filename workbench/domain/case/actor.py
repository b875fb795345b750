"""The user who performs an action."""

from dataclasses import dataclass

from db.enums import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person with roles; `identity` says how the person was identified (os:UID or named:UID)."""

    id: int
    login: str
    roles: frozenset[Role]
    identity: str

    def has(self, *roles: Role) -> bool:
        """Say whether the person has one of these roles."""
        return not self.roles.isdisjoint(roles)
