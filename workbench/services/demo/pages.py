"""A page of text as a PDF that says on every side that it is a sample."""

from collections.abc import Iterator, Sequence

from workbench.services.demo.canvas import glyphs

_WIDTH, _HEIGHT = 595, 842
_LEFT, _TOP, _LEADING = 64, 760, 26
_MARK = "样本"
_MARK_DOT = 12


def pdf(title: str, lines: Sequence[str]) -> bytes:
    """Return one page with a title and lines of ASCII text, over which 样本 and SAMPLE are written."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>" % (_WIDTH, _HEIGHT),
        _stream("\n".join((*_mark(), *_text(title, lines)))),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    entries = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, entries)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    return body + table + trailer


def _stream(drawn: str) -> bytes:
    content = drawn.encode("ascii", "replace")
    return b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content)


def _mark() -> Iterator[str]:
    """Draw 样本 in pale dots and SAMPLE under it; the built-in fonts of PDF know no Chinese."""
    yield "0.88 g"
    for place, letter in enumerate(_MARK):
        for down, row in enumerate(glyphs()[letter]):
            for right, dot in enumerate(row):
                if dot == "#":
                    left = 100 + (place * (len(row) + 1) + right) * _MARK_DOT
                    yield f"{left} {480 - down * _MARK_DOT} {_MARK_DOT} {_MARK_DOT} re"
    yield "f"
    yield f"BT /F1 84 Tf 120 180 Td ({_escaped('SAMPLE')}) Tj ET"


def _text(title: str, lines: Sequence[str]) -> Iterator[str]:
    yield "0 g"
    yield f"BT /F1 20 Tf {_LEFT} {_TOP} Td ({_escaped(title)}) Tj ET"
    for number, line in enumerate(lines, start=2):
        yield f"BT /F1 12 Tf {_LEFT} {_TOP - number * _LEADING} Td ({_escaped(line)}) Tj ET"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
