"""Callees as keyed hashes; a number that was called is never kept in clear."""

import hashlib
import re
from functools import cached_property
from typing import TYPE_CHECKING

from workbench.domain.values.identifiers import normal_msisdn

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.services.calls.blake2b import KeyedBlake2b

_HASH_BYTES = 16
_MOBILE_DIGITS = 11
_CODED_MOBILE = 10**_MOBILE_DIGITS
# What follows 86 in a landline's international form: the area code without its 0, then the subscriber.
# 400 and 800 are no area codes. At home no number so long starts with 86, so the country code is certain.
_LANDLINE_FROM_ABROAD = re.compile(r"(?:00)?86(?:0?)((?:10|2[0-9])[0-9]{8}|(?!400|800)[3-9][0-9]{9,10})")
_MOBILE_LONG_DISTANCE = re.compile(r"0(1[3-9][0-9]{9})")


def normal_number(number: str) -> str:
    """Return a number as one and the same text, however it was dialled.

    Digits only and no country code; a landline keeps its area code with the 0. A text with other characters
    stays what it is, so that a damaged number never becomes another person's.
    """
    if len(number) == _MOBILE_DIGITS and number[0] == "1" and number.isascii() and number.isdigit():
        return number
    bare = normal_msisdn(number)
    if landline := _LANDLINE_FROM_ABROAD.fullmatch(bare.removeprefix("+")):
        return "0" + landline[1]
    if mobile := _MOBILE_LONG_DISTANCE.fullmatch(bare):
        return mobile[1]
    return bare


class CalleeHasher:
    """Hashes numbers with one key, which is read once."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._copy = hashlib.blake2b(key=key, digest_size=_HASH_BYTES).copy

    def __call__(self, number: str) -> str:
        keyed = self._copy()
        keyed.update(normal_number(number).encode())
        return keyed.hexdigest()

    @cached_property
    def _of_many(self) -> "KeyedBlake2b":
        from workbench.services.calls.blake2b import KeyedBlake2b

        return KeyedBlake2b(self._key)

    def of_coded(self, codes: "NDArray[np.int64]") -> "NDArray[np.uint64]":
        """Return the first and the second half of each hash, as two rows; a code is a number's digits after a 1."""
        import numpy as np

        # Digits that are as many as those of a mobile number are normal.
        digits = np.where(codes // _CODED_MOBILE == 1, codes % _CODED_MOBILE, 0) * 10
        four_digits = np.array([b"%04d" % number for number in range(10_000)]).view("<u4")
        texts = np.zeros((len(codes), 4), dtype="<u4")
        for column, divisor in enumerate((10**8, 10**4, 1)):
            texts[:, column] = four_digits[digits // divisor % 10**4]
        # The last of twelve digits is too much.
        texts[:, 2] &= 0xFFFFFF
        halves = self._of_many.digests(texts.view("<u8"), _MOBILE_DIGITS)
        for place in np.flatnonzero(codes // _CODED_MOBILE != 1):
            halves[:, place] = divmod(int(self(str(codes[place])[1:]), 16), 1 << 64)
        return halves


def callee_hash(key: bytes, number: str) -> str:
    """Return the keyed hash (32 hex digits) of a callee; opt-out numbers are hashed by the same function."""
    return CalleeHasher(key)(number)
