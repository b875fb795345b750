"""Hashes callees with a key, because a called number is never stored in clear."""

import hashlib
import re
from functools import cached_property
from typing import TYPE_CHECKING

from workbench.domain.values.identifiers import normal_msisdn

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.services.files.calls.blake2b import KeyedBlake2b

_HASH_BYTES = 16
_MOBILE_DIGITS = 11
_CODED_MOBILE = 10**_MOBILE_DIGITS
# A landline in international form: 86, the area code without its 0, and the subscriber number. 400 and 800 are not area
# codes. No domestic number of this length starts with 86, so the country code is certain.
_LANDLINE_FROM_ABROAD = re.compile(r"(?:00)?86(?:0?)((?:10|2[0-9])[0-9]{8}|(?!400|800)[3-9][0-9]{9,10})")
_MOBILE_LONG_DISTANCE = re.compile(r"0(1[3-9][0-9]{9})")


def normalised_number(number: str) -> str:
    """Return a phone number in one form, independent of how it was dialled.

    The form has digits only and no country code; a landline keeps its area code with the 0. A text with other
    characters is not changed, so that a damaged number never becomes the number of another person.
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
    """Hashes phone numbers with one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._new_hash = hashlib.blake2b(key=key, digest_size=_HASH_BYTES).copy

    def __call__(self, number: str) -> str:
        keyed = self._new_hash()
        keyed.update(normalised_number(number).encode())
        return keyed.hexdigest()

    @cached_property
    def _bulk_hasher(self) -> "KeyedBlake2b":
        from workbench.services.files.calls.blake2b import KeyedBlake2b

        return KeyedBlake2b(self._key)

    def hash_codes(self, codes: "NDArray[np.int64]") -> "NDArray[np.uint64]":
        """Return the hashes of coded numbers as two rows, one for each half; a code is a 1 followed by the digits."""
        import numpy as np

        # All codes are hashed as if they had 11 digits, which are already normalised; the last loop replaces the hashes
        # of the others. Times 10: a filler digit at the end makes three groups of four digits out of 11.
        digits = np.where(codes // _CODED_MOBILE == 1, codes % _CODED_MOBILE, 0) * 10
        four_digits = np.array([b"%04d" % number for number in range(10_000)]).view("<u4")
        texts = np.zeros((len(codes), 4), dtype="<u4")
        for column, divisor in enumerate((10**8, 10**4, 1)):
            texts[:, column] = four_digits[digits // divisor % 10**4]
        # Remove the filler digit from the text.
        texts[:, 2] &= 0xFFFFFF
        halves = self._bulk_hasher.digests(texts.view("<u8"), _MOBILE_DIGITS)
        for index in np.flatnonzero(codes // _CODED_MOBILE != 1):
            halves[:, index] = divmod(int(self(str(codes[index])[1:]), 16), 1 << 64)
        return halves


def callee_hash(key: bytes, number: str) -> str:
    """Return the keyed hash (32 hex digits) of a callee; opt-out numbers are hashed by the same function."""
    return CalleeHasher(key)(number)
