"""Acts between the transactions that change the due dates of cases."""

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from workbench.services.time.deadlines import recompute


def after_first_transaction(
    monkeypatch: pytest.MonkeyPatch, act: Callable[[], object], module: ModuleType = recompute
) -> None:
    """Call a function once, after a module has committed its first transaction."""
    real, acts = vars(module)["chunks"], iter((act,))

    def chunks(*arguments: Any) -> Iterator[Any]:
        for portion in real(*arguments):
            yield portion
            for once in acts:
                once()

    monkeypatch.setattr(module, "chunks", chunks)
