"""Keyed BLAKE2b (RFC 7693) of many short texts at once, in numpy.

`hashlib` takes longer for each text, and lets no other thread work meanwhile.
"""

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

_WORD = np.uint64
_BLOCK_BYTES = 128
_ROUNDS = 12
_TEXTS_TOGETHER = 8192
"""So many texts that their state fits into the cache of a processor."""

_START = np.array(
    [
        *(0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1),
        *(0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179),
    ],
    dtype=_WORD,
)
_ORDERS = (
    *("0123456789abcdef", "ea489fd61c02b753", "b8c052fdae367194", "7931dcbe265a40f8", "905724afe1bc683d"),
    *("2c6a0b834d75fe19", "c51fed4a0763928b", "db7ec13950f4862a", "6fe9b308c2d714a5", "a2847615fb9e3cd0"),
)
"""The order in which each round takes the words of a block."""

_ROTATIONS = ((32, 24), (16, 63))
_TURNED = ([1, 2, 3, 0], [2, 3, 0, 1], [3, 0, 1, 2])


class KeyedBlake2b:
    """Hashes texts with one key; a digest has 16 bytes."""

    def __init__(self, key: bytes, digest_bytes: int = 16) -> None:
        start = _START.copy()
        start[0] ^= _WORD(0x01010000 | len(key) << 8 | digest_bytes)
        block = np.frombuffer(key.ljust(_BLOCK_BYTES, b"\0"), dtype="<u8")[:, None]
        self._state = _compressed(start, dict(enumerate(block)), _BLOCK_BYTES, is_last=False)[:, 0]

    def digests(self, texts: Words, length: int) -> Words:
        """Return the first and the second half of the digest of each text, as two rows of big-endian numbers.

        Args:
            texts: The texts as rows of little-endian words, filled with zeros.
            length: The bytes of each text, 1 to 128.
        """
        digests = np.empty((2, len(texts)), dtype=_WORD)
        for start in range(0, len(texts), _TEXTS_TOGETHER):
            words = dict(enumerate(texts[start : start + _TEXTS_TOGETHER].T.copy()))
            state = _compressed(self._state, words, _BLOCK_BYTES + length, is_last=True)
            digests[:, start : start + _TEXTS_TOGETHER] = state[:2]
        return digests.byteswap()


def _compressed(state: Words, words: dict[int, Words], bytes_so_far: int, *, is_last: bool) -> Words:
    """Return the states after a block for each text, one a column; words that are left out are zero."""
    mixed = np.empty((4, 4, words[0].size), dtype=_WORD)
    mixed[:2] = state.reshape(2, 4, 1)
    mixed[2:] = _START.reshape(2, 4, 1)
    mixed[3, 0] ^= _WORD(bytes_so_far)
    if is_last:
        mixed[3, 2] = ~mixed[3, 2]
    a, b, c, d = mixed
    for number in range(_ROUNDS):
        order = [int(digit, 16) for digit in _ORDERS[number % len(_ORDERS)]]
        _mix(a, b, c, d, words, order[:8])
        b, c, d = (row[turned] for row, turned in zip((b, c, d), _TURNED, strict=True))
        _mix(a, b, c, d, words, order[8:])
        b, c, d = (row[turned] for row, turned in zip((b, c, d), reversed(_TURNED), strict=True))
    return np.concatenate((a ^ c, b ^ d)) ^ state[:, None]


def _mix(a: Words, b: Words, c: Words, d: Words, words: dict[int, Words], order: list[int]) -> None:
    """Mix the four columns of the states with eight words, in place."""
    for turn, (of_d, of_b) in enumerate(_ROTATIONS):
        a += b
        for column, place in enumerate(order[turn::2]):
            if place in words:
                a[column] += words[place]
        d ^= a
        _rotate(d, of_d)
        c += d
        b ^= c
        _rotate(b, of_b)


def _rotate(words: Words, bits: int) -> None:
    """Rotate words to the right in place."""
    carried = words << _WORD(64 - bits)
    words >>= _WORD(bits)
    words |= carried
