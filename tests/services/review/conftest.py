"""Makes rows unusable after their session here, too."""

from tests.services.queue.conftest import rows_expire_with_their_session  # noqa: F401 - a fixture
