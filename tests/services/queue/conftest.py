"""Makes rows unusable after their session, so that a service that keeps one fails."""

import pytest
from sqlalchemy.orm import Session


@pytest.fixture(autouse=True)
def rows_expire_with_their_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """Expire every row when its session closes: reading it then raises instead of answering with a stale value."""
    close = Session.close

    def expire_and_close(session: Session) -> None:
        session.expire_all()
        close(session)

    monkeypatch.setattr(Session, "close", expire_and_close)
