"""The document files of the demo: small sheets that open, no two alike, always the same for a path."""

import hashlib
import struct
import zlib
from pathlib import PurePosixPath

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SIDE = 16
_DOT_PX = 8
_INK, _PAPER = b"\x00", b"\xff"


def paper(path: str) -> bytes:
    """Return the file that a path of a document list stands for: a PDF where it says so, else a PNG."""
    return _pdf(path) if PurePosixPath(path).suffix == ".pdf" else _png(path)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png(path: str) -> bytes:
    """Return a grey image with a pattern of its own, as a sheet that nobody takes for a real document."""
    pattern = int.from_bytes(hashlib.sha256(path.encode()).digest(), "big")
    rows = []
    for row in range(_SIDE):
        dots = (pattern >> (row * _SIDE + column) & 1 for column in range(_SIDE))
        line = b"".join((_INK if dot else _PAPER) * _DOT_PX for dot in dots)
        rows += [b"\x00" + line] * _DOT_PX
    side_px = _SIDE * _DOT_PX
    return b"".join(
        (
            _PNG_SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", side_px, side_px, 8, 0, 0, 0, 0)),
            _chunk(b"tEXt", b"Title\x00made-up sample " + path.encode("ascii")),
            _chunk(b"IDAT", zlib.compress(b"".join(rows), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _pdf(path: str) -> bytes:
    """Return a page that says what it stands for."""
    words = f"BT /F1 14 Tf 60 760 Td (Made-up sample: {path}) Tj ET".encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(words), words),
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
