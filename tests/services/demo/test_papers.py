import struct
import zlib
from datetime import UTC, datetime

import pytest

from db.enums import ApplicantKind, DocumentKind, Quality
from workbench.services.demo.canvas import Canvas, glyphs
from workbench.services.demo.handed import Handed, handed
from workbench.services.demo.pages import pdf
from workbench.services.demo.papers import paper
from workbench.services.demo.plan import planned_cases
from workbench.services.demo.twists import twist_of

CASE = next(case for case in planned_cases() if case.kind is ApplicantKind.ENTERPRISE)


def one(*kinds: DocumentKind) -> Handed:
    return handed(CASE, twist_of(()), datetime(2026, 11, 20, 10, 30, tzinfo=UTC), kinds)


@pytest.mark.parametrize("kind", DocumentKind)
def test_each_kind_of_document_has_a_file_that_says_it_is_made_up(kind: DocumentKind) -> None:
    found = one(kind)
    (row,) = found.documents
    content = paper(found.cast, row, 1)

    assert content.startswith((b"\x89PNG\r\n\x1a\n", b"%PDF-1.4\n", b"\xff\xd8\xff\xfe"))
    assert CASE.application_no.encode() in content
    assert len(content) < 8_000
    assert content == paper(found.cast, row, 1)
    assert content != paper(found.cast, row, 2)


def chunks(content: bytes) -> dict[bytes, bytes]:
    """Return the parts of a PNG by their names, each with the right sum."""
    position, found = 8, {}
    while position < len(content):
        (length,) = struct.unpack_from(">I", content, position)
        body = content[position + 4 : position + 8 + length]
        assert struct.unpack_from(">I", content, position + 8 + length) == (zlib.crc32(body),)
        found[body[:4]] = body[4:]
        position += 12 + length
    return found


def test_a_picture_is_a_whole_png() -> None:
    found = one(DocumentKind.BIZ_LICENSE)
    parts = chunks(paper(found.cast, found.documents[0], 1))

    assert list(parts) == [b"IHDR", b"tEXt", b"IDAT", b"IEND"]
    width, height, depth = struct.unpack_from(">IIB", parts[b"IHDR"])
    assert (width, height, depth) == (640, 452, 1)
    assert len(zlib.decompress(parts[b"IDAT"])) == height * (1 + (width + 7) // 8)
    assert b"made-up sample" in parts[b"tEXt"]


def test_letters_stand_where_they_are_written_and_never_leave_the_sheet() -> None:
    canvas = Canvas(19, 9)
    canvas.write("I本ABCDEF", 1, 1, 1)
    rows = zlib.decompress(chunks(canvas.png("t"))[b"IDAT"])
    drawn = [bin(int.from_bytes(rows[at + 1 : at + 4], "big") ^ 0xFFFFFF)[2:].rjust(24, "0") for at in range(0, 36, 4)]

    assert [row[1:6].replace("0", ".").replace("1", "#") for row in drawn[1:8]] == list(glyphs()["I"])


def test_a_blurred_number_is_pale() -> None:
    found = one(DocumentKind.AGENT_ID_FRONT)
    (row,) = found.documents
    pictures = [
        zlib.decompress(chunks(paper(found.cast, {**row, "quality": quality.value}, 1))[b"IDAT"])
        for quality in (Quality.OK, Quality.BLURRED)
    ]

    plain, pale = (sum(byte.bit_count() for byte in picture) for picture in pictures)
    assert plain < pale


def test_a_page_is_a_whole_pdf() -> None:
    content = pdf("Title (with brackets)", ("one \\ two", "样本"))

    start = int(content.split(b"startxref\n")[1].split(b"\n")[0])
    assert content[start:].startswith(b"xref\n0 6\n")
    offsets = [int(line[:10]) for line in content[start:].split(b"\n")[3:8]]
    for number, offset in enumerate(offsets, start=1):
        assert content[offset:].startswith(b"%d 0 obj\n" % number)
    assert b"(Title \\(with brackets\\)) Tj" in content
    assert b"(one \\\\ two) Tj" in content
    assert b"(SAMPLE) Tj" in content
