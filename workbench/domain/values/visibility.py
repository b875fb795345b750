"""Which characters leave no mark where they are drawn, although Unicode does not call them control characters."""

_HIDDEN = (
    # Default_Ignorable_Code_Point of Unicode, without the control and format characters: joiners, Hangul and Khmer
    # fillers, and the variation selectors.
    *((0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x3164, 0x3164), (0xFE00, 0xFE0F)),
    *((0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF)),
    # Blanks with the properties of letters and symbols: Braille, Egyptian, Khitan, and a musical one.
    *((0x2800, 0x2800), (0x13441, 0x13442), (0x16FE4, 0x16FE4), (0x1D159, 0x1D159)),
)
"""The first and last code points."""


def is_hidden(char: str) -> bool:
    """Say whether a character is ignored when it is drawn, or is drawn as a blank without being a space."""
    return any(first <= ord(char) <= last for first, last in _HIDDEN)
