"""The versions of the policy: reading the one in force, checking a file, and putting a file into force."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from db.models import PolicyVersionRow
from workbench.domain.policy.policy import Policy, Supplier
from workbench.errors import BadData
from workbench.i18n import _
from workbench.services.foundation.context import Context, Service
from workbench.services.foundation.row_values import from_row
from workbench.services.foundation.safe_files import read_whole
from workbench.services.policy.reader import parse_policy, parse_supplier
from workbench.services.policy.supplier import is_made_up

_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """The policy in force: its number in this database, its file, and what the file says."""

    number: int
    text: str
    sha256: str
    applied_at: datetime
    policy: Policy

    @property
    def is_supplier_made_up(self) -> bool:
        """Whether the letters name a supplier that does not exist."""
        return is_made_up(self.policy.supplier)


class Policies(Service):
    """Shows the policy in force, and replaces it on behalf of an admin."""

    def in_force(self) -> PolicyVersion:
        """Return the newest version, which is in force."""
        with self.context.read() as session:
            return policy_in_force(session, self.context)

    def apply(self, path: Path) -> bool:
        """Put a file into force from now on, and return whether it differs from the version in force.

        Cases keep the version with which they were opened; only the sender of their letters follows the new one.

        Raises:
            NotAllowed: If the person is not an admin.
            BadConfiguration: If the file is no policy.
            WorkbenchError: If the file cannot be read.
        """
        with self.context.as_admin("policy apply"):
            text = policy_text(path)
            policy = parse_policy(text, path.name)
            with self.context.write() as session:
                row = new_version(text, self.context.now())
                if row.sha256 == policy_in_force(session, self.context).sha256:
                    return False
                session.add(row)
                session.flush()
                body = {"policy": row.id, "version": policy.version, "sha256": row.sha256}
                self.context.log(session, "policy apply", body=body)
                return True


def policy_in_force(session: Session, context: Context) -> PolicyVersion:
    """Return the version in force as a transaction sees it."""
    number = context.policy_id(session)
    row = session.get_one(PolicyVersionRow, number)
    policy = context.policy(session, number)
    return from_row(PolicyVersion, row, number=number, text=row.body, policy=policy)


def new_version(text: str, at: datetime) -> PolicyVersionRow:
    """Return the row of a new version of the policy."""
    return PolicyVersionRow(body=text, sha256=hashlib.sha256(text.encode()).hexdigest(), applied_at=at)


def check_policy(path: Path) -> Policy:
    """Return the policy in a file.

    Raises:
        BadConfiguration: If it is no policy; the sentence says where, and what must be changed.
        WorkbenchError: If the file cannot be read.
    """
    return parse_policy(policy_text(path), path.name)


def read_supplier(path: Path) -> Supplier:
    """Return the supplier in a file with the table [supplier] and nothing else.

    Raises:
        BadConfiguration: If it is something else; the sentence says where, and what must be changed.
        WorkbenchError: If the file cannot be read.
    """
    return parse_supplier(policy_text(path), path.name)


def policy_text(path: Path) -> str:
    """Return the text of a TOML file.

    Raises:
        BadData: If it is not UTF-8, is larger than any policy, or is no regular file.
        NotFound: If there is no such file.
        StorageFailed: If it cannot be read.
    """
    try:
        return read_whole(path, _MOST_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadData(_("{file} is not UTF-8; save it as UTF-8.").format(file=path.name)) from error
