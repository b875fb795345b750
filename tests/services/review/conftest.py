"""Makes rows unusable after their session, so that a service that keeps one fails."""

from tests.services.queue.conftest import rows_expire_with_their_session  # noqa: F401 - a fixture
