"""Computes keyed BLAKE2b (RFC 7693) hashes of many short texts at once, with numpy.

`hashlib` is slower for each text, and blocks all other threads meanwhile.
"""

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

_WORD = np.uint64
_BLOCK_BYTES = 128
_ROUNDS = 12
_TEXTS_TOGETHER = 4096
"""The number of texts whose state fits into the cache of a processor."""

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


class KeyedBlake2b:
    """Hashes texts with one key; a digest has 16 bytes."""

    def __init__(self, key: bytes, digest_bytes: int = 16) -> None:
        start = _START.copy()
        start[0] ^= _WORD(0x01010000 | len(key) << 8 | digest_bytes)
        block = np.frombuffer(key.ljust(_BLOCK_BYTES, b"\0"), dtype="<u8")[:, None]
        self._state = _compress(start, dict(enumerate(block)), _BLOCK_BYTES, is_last=False)[:, 0]

    def digests(self, texts: Words, length: int) -> Words:
        """Return the first and the second half of the digest of each text, as two rows of big-endian numbers.

        Args:
            texts: The texts as rows of little-endian words, filled with zeros.
            length: The bytes of each text, 1 to 128.
        """
        digests = np.empty((2, len(texts)), dtype=_WORD)
        for start in range(0, len(texts), _TEXTS_TOGETHER):
            words = dict(enumerate(texts[start : start + _TEXTS_TOGETHER].T.copy()))
            state = _compress(self._state, words, _BLOCK_BYTES + length, is_last=True)
            digests[:, start : start + _TEXTS_TOGETHER] = state[:2]
        return digests.byteswap()


def _compress(state: Words, words: dict[int, Words], bytes_so_far: int, *, is_last: bool) -> Words:
    """Return the states after one more block of each text, one state in each column; missing words are zero."""
    # A group has four rows. Where it has more, some rows are repeated, so that a diagonal is four adjacent rows too.
    a, b, c, d, scratch = (np.empty((rows, words[0].size), dtype=_WORD) for rows in (4, 5, 6, 5, 4))
    a[:], b[:4], c[:4], d[1:] = (four[:, None] for four in (state[:4], state[4:], _START[:4], _START[4:]))
    d[1] ^= _WORD(bytes_so_far)
    if is_last:
        d[3] = ~d[3]
    for number in range(_ROUNDS):
        order = [int(digit, 16) for digit in _ORDERS[number % len(_ORDERS)]]
        _mix((a, b[:4], c[:4], d[1:]), words, order[:8], scratch)
        b[4], c[4:], d[0] = b[0], c[:2], d[4]
        _mix((a, b[1:], c[2:], d[:4]), words, order[8:], scratch)
        b[0], c[:2], d[4] = b[4], c[4:], d[0]
    return np.concatenate((a ^ c[:4], b[:4] ^ d[1:])) ^ state[:, None]


def _mix(state: tuple[Words, Words, Words, Words], words: dict[int, Words], order: list[int], scratch: Words) -> None:
    """Mix the columns or diagonals of the states with eight words, in place; `scratch` is a buffer for rotations."""
    a, b, c, d = state
    for turn, (bits_of_d, bits_of_b) in enumerate(_ROTATIONS):
        a += b
        for column, word in enumerate(order[turn::2]):
            if word in words:
                a[column] += words[word]
        d ^= a
        _rotate(d, bits_of_d, scratch)
        c += d
        b ^= c
        _rotate(b, bits_of_b, scratch)


def _rotate(words: Words, bits: int, scratch: Words) -> None:
    """Rotate words to the right, in place."""
    np.left_shift(words, _WORD(64 - bits), out=scratch)
    words >>= _WORD(bits)
    words |= scratch
