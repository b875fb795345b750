"""Safe text is stable and as wide as it is drawn, on very many generated texts."""

import random
import unicodedata

import pytest
from rich.cells import cell_len

from tests.sizes import sized
from workbench.domain.text.safe import cells, clean_input, safe

NAMES = "㛃𠮷𪜶·张三李四ＡＢ　한글éüñ"
HOSTILE = (
    "\x00\x07\x08\x1b\x7f\x80\x9b\x9d\u061c\u200b\u200d\u200e\u202a\u202e\u2028\u2066\u2069\ufeff\U000e0041"
    "\ud800\udfff\ue000\U0010fffd\u0301\u0338\u0489\ufe0f\U0001f3fd[/b]\n\t\r"
)
_ACTS = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def some_text(rng: random.Random) -> str:
    """Return a random text of names, hostile characters and other characters."""
    return "".join(
        rng.choice((rng.choice(NAMES), rng.choice(HOSTILE), chr(rng.randrange(0x110000))))
        for _character in range(rng.randrange(12))
    )


@pytest.mark.promise("T3")
@pytest.mark.proof
def test_the_result_is_safe_stable_and_as_wide_as_it_is_drawn() -> None:
    rng = random.Random(26)
    for _number in range(sized(ci=10_000, full=100_000)):
        text = some_text(rng)
        shown, entered = safe(text), clean_input(text)

        assert safe(shown) == shown
        assert safe(entered) == entered == clean_input(entered)
        assert not {unicodedata.category(char) for char in shown + entered} & _ACTS
        assert all(shown.count(char) >= unicodedata.normalize("NFC", text).count(char) for char in "㛃𠮷𪜶·张")
        if all(char in NAMES or char.isascii() for char in shown):
            assert cells(shown) == cell_len(shown)
