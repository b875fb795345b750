"""Acts between the batches in which the due dates of cases are changed."""

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from workbench.services.time.deadlines import recompute


def after_first_batch(
    monkeypatch: pytest.MonkeyPatch, act: Callable[[], object], module: ModuleType = recompute
) -> None:
    """Call a function once, after a module has committed its first batch."""
    real, acts = vars(module)["chunks"], iter((act,))

    def chunks(*arguments: Any) -> Iterator[Any]:
        for batch in real(*arguments):
            yield batch
            for once in acts:
                once()

    monkeypatch.setattr(module, "chunks", chunks)
