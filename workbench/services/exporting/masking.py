"""Masks rows on their way out, by what the models declare as personal."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import SQLModel

from db.columns import personal_columns
from workbench.domain.text.mask import MaskKind, mask
from workbench.services.case.known_people import BETWEEN_NUMBERS


def masked_value(kind: str, text: str) -> str:
    """Return a personal text masked as its declared kind asks; a list of numbers stays a list."""
    if kind == "msisdns":
        return BETWEEN_NUMBERS.join(mask(MaskKind.MSISDN, number) for number in text.split(BETWEEN_NUMBERS))
    return mask(MaskKind(kind), text)


def masked_columns(model: type[SQLModel], row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of a table with its declared personal columns masked."""
    kinds = personal_columns(model)
    shown = dict(row)
    for name, kind in kinds.items():
        if shown.get(name):
            shown[name] = masked_value(kind, shown[name])
    return shown
