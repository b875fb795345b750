"""Masks rows on their way out, by what the models declare as personal."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import SQLModel

from db.columns import personal_columns
from workbench.domain.mask import MaskKind, mask, mask_digits_within

BETWEEN_NUMBERS = ";"


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


def masked_text(text: str, names: Iterable[str] = ()) -> str:
    """Return a text that people wrote, with numbers of people masked and these names of people too."""
    for name in sorted({name for name in names if name}, key=len, reverse=True):
        text = text.replace(name, mask(MaskKind.NAME, name))
    return mask_digits_within(text)
