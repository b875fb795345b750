"""Callees are hashed with a key, and one number has one hash however it was dialled."""

import hashlib

import numpy as np

from workbench.services.files.calls.hashing import CalleeHasher, callee_hash, normalised_number

KEY = b"k" * 32


def test_a_number_is_the_same_however_it_was_dialled() -> None:
    for dialled, normal in [
        ("19900001001", "19900001001"),
        ("+8619900001001", "19900001001"),
        ("+86 199-0000-1001", "19900001001"),
        ("008619900001001", "19900001001"),
        ("8619900001001", "19900001001"),
        ("019900001001", "19900001001"),
        ("１９９００００１００１", "19900001001"),
        ("010-80000001", "01080000001"),
        ("(010)80000001", "01080000001"),
        ("+861080000001", "01080000001"),
        ("+8601080000001", "01080000001"),
        ("+86 755 80000001", "075580000001"),
        ("0086 411 8000001", "04118000001"),
        ("+864000000001", "864000000001"),
        ("80000001", "80000001"),
        ("95500", "95500"),
        ("10086", "10086"),
        ("8610", "8610"),
        ("0012025550100", "0012025550100"),
        ("199****1001", "199****1001"),
        ("anonymous", "ANONYMOUS"),
        ("", ""),
    ]:
        assert normalised_number(dialled) == normal
        assert normalised_number(normal) == normal


def test_the_hash_is_keyed_blake2b_of_the_normal_number() -> None:
    expected = hashlib.blake2b(b"19900001001", key=KEY, digest_size=16).hexdigest()

    assert callee_hash(KEY, "+86 19900001001") == expected
    assert callee_hash(b"other key", "19900001001") != expected
    assert callee_hash(KEY, "19900001002") != expected


def test_coded_numbers_have_the_hashes_of_their_texts() -> None:
    texts = ["0", "95500", "01080000001", "19900001001", "057112345678", "8610800000011", "86130000000000"]
    texts += [f"1{number:010}" for number in range(0, 10**10, 10**6 - 7)]
    found = CalleeHasher(KEY).hash_codes(np.array([int("1" + text) for text in texts]))
    assert [f"{high:016x}{low:016x}" for high, low in found.T] == [callee_hash(KEY, text) for text in texts]
