"""Creates small image and PDF files."""

import struct
import zlib

_SIDE_PX = 64


def png(ink: int = 40, exif: bytes = b"") -> bytes:
    """Return a PNG with a grey square; each `ink` gives a different file, and `exif` becomes its Exif data."""
    inner = range(_SIDE_PX // 4, _SIDE_PX // 2)
    lines = (
        b"\x00" + bytes(ink if row in inner and column in inner else 200 for column in range(_SIDE_PX))
        for row in range(_SIDE_PX)
    )
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", _SIDE_PX, _SIDE_PX, 8, 0, 0, 0, 0)),
            _chunk(b"eXIf", exif) if exif else b"",
            _chunk(b"IDAT", zlib.compress(b"".join(lines))),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def pdf(pages: int = 2, ink: bytes = b"0.4 g 10 10 60 60 re f") -> bytes:
    """Return a PDF whose pages show a grey square, or `ink`; readers rebuild its missing cross-reference table."""
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(pages))
    objects = [
        b"1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj",
        b"2 0 obj << /Type /Pages /Kids [%b] /Count %d >> endobj" % (kids, pages),
        *(
            b"%d 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 100 140] /Contents %d 0 R >> endobj"
            % (number + 3, pages + 3)
            for number in range(pages)
        ),
        b"%d 0 obj << /Length %d >> stream\n%b\nendstream endobj" % (pages + 3, len(ink), ink),
    ]
    return b"\n".join((b"%PDF-1.4", *objects, b"trailer << /Root 1 0 R >>", b"%%EOF"))
