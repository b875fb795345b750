"""The shared strings of a workbook, kept in one block of bytes."""

from array import array
from xml.etree.ElementTree import Element

from workbench.services.files.reading.sheets.cells import unescaped
from workbench.services.files.reading.sheets.package import XlsxPackage
from workbench.services.files.reading.sheets.xml_parts import BadXml, elements, local_name

MAX_STRINGS = 2_000_000
MAX_BYTES = 64 << 20
_LONG_BYTES = 256


class SharedStrings:
    """The shared strings of a workbook by their numbers.

    Raises:
        BadXml: If they cannot be read.
        FileProblem: If there are too many.
    """

    def __init__(self, package: XlsxPackage, part: str) -> None:
        self._block = bytearray()
        self._long_texts: dict[int, str] = {}
        # A list of a million strings takes several times the memory of their bytes.
        self._ends = array("L", [0])
        for _parent, item in elements(package.chunks(part), 1):
            if local_name(item.tag) == "si":
                self._block += text_of(item).encode("utf-8", "surrogatepass")
                self._ends.append(len(self._block))
            if len(self._ends) > MAX_STRINGS or len(self._block) > MAX_BYTES:
                raise package.too_much_text()

    def __getitem__(self, number: int) -> str:
        """Return one text.

        Raises:
            BadXml: If there is no such text.
        """
        if not 0 <= number < len(self._ends) - 1:
            raise BadXml
        if (text := self._long_texts.get(number)) is not None:
            return text
        start, end = self._ends[number], self._ends[number + 1]
        text = self._block[start:end].decode("utf-8", "surrogatepass")
        # Thousands of cells may share a long text, so it is decoded only once.
        if end - start >= _LONG_BYTES:
            self._long_texts[number] = text
        return text


def text_of(item: Element) -> str:
    """Return the text of a shared or inline string, without phonetic runs."""
    prefix = item.tag.rpartition(":")[0]
    mark = f"{prefix}:" if prefix else ""
    plain = item.find(f"{mark}t")
    if plain is not None and len(item) == 1:
        return unescaped(plain.text or "")
    texts = [child.text for child in item if child.tag == f"{mark}t"]
    runs = [child for child in item if child.tag == f"{mark}r"]
    texts += [child.text for run in runs for child in run if child.tag == f"{mark}t"]
    return unescaped("".join(text or "" for text in texts))
