"""The person is the user whom the kernel knows, whatever the environment says."""

import os
import pwd

import pytest

from workbench.errors import NotAllowed
from workbench.services.foundation import os_identity

ROOT, SOMEBODY, ANOTHER = 0, 65534, 1


@pytest.fixture
def acting(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Environment variables that claim to be another user."""
    for name in ("USER", "LOGNAME", "USERNAME", "LNAME", "SUDO_USER"):
        monkeypatch.setenv(name, "admin")
    monkeypatch.delenv("SUDO_UID", raising=False)
    return monkeypatch


@pytest.mark.promise("A5")
@pytest.mark.parametrize(
    ("uid", "sudo", "kernel", "is_who"),
    [
        (SOMEBODY, "", None, SOMEBODY),
        # Who is not root was not let in by sudo, so the variable is a claim of their own.
        (SOMEBODY, "0", SOMEBODY, SOMEBODY),
        (ROOT, "", ANOTHER, ROOT),
        (ROOT, str(SOMEBODY), SOMEBODY, SOMEBODY),
        # A container records no login.
        (ROOT, str(SOMEBODY), None, SOMEBODY),
        (ROOT, "1; rm", None, ROOT),
    ],
)
def test_the_login_is_that_of_the_kernel(
    acting: pytest.MonkeyPatch, uid: int, sudo: str, kernel: int | None, is_who: int
) -> None:
    acting.setattr(os, "getuid", lambda: uid)
    acting.setattr(os_identity, "_kernel_login_uid", lambda: kernel)
    acting.setenv("SUDO_UID", sudo)

    assert os_identity.os_uid() == is_who
    assert os_identity.os_login() == pwd.getpwuid(is_who).pw_name


@pytest.mark.promise("A5")
def test_a_sudo_user_whom_the_kernel_does_not_know_is_refused(acting: pytest.MonkeyPatch) -> None:
    acting.setattr(os, "getuid", lambda: ROOT)
    acting.setattr(os_identity, "_kernel_login_uid", lambda: ANOTHER)
    acting.setenv("SUDO_UID", str(SOMEBODY))

    with pytest.raises(NotAllowed, match="disagree about who you are"):
        os_identity.os_login()
