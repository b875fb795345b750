"""The document files of the demo: made-up sheets of each kind that say so themselves."""

from collections.abc import Callable, Mapping
from typing import Any

from db.enums import DocumentKind
from workbench.services.demo import fixtures
from workbench.services.demo.canvas import Canvas
from workbench.services.demo.cast import Cast, Person
from workbench.services.demo.pages import pdf

D = DocumentKind

_TITLES: Mapping[DocumentKind, str] = {
    D.AUTH_LETTER: "Authority letter",
    D.NUMBER_APPLICATION: "Letter applying for numbers",
    D.COMMITMENT_LETTER: "Commitment letter",
    D.RISK_NOTICE: "Fraud-risk notice",
    D.SERVICE_AGREEMENT: "Service agreement",
    D.USE_STATEMENT: "Statement of use",
    D.CALL_SCRIPT: "Call script",
    D.CONSENT_PROOF: "Consent of the people called",
    D.CALL_RECORDS_3M: "Call records of three months",
    D.INDUSTRY_PERMIT: "Industry permit",
}
_PHOTOS: Mapping[DocumentKind, str] = {
    D.AGENT_HANDHELD: "pictures/handheld.jpg",
    D.PREMISES_MEDIA: "pictures/premises.jpg",
}
_WARNING = "MADE-UP SAMPLE  MUSTER"
_LINES_DOWN = 30


def paper(cast: Cast, document: Mapping[str, Any], edition: int) -> bytes:
    """Return the file of a document; each application, kind and edition has its own.

    Args:
        cast: Who is on it.
        document: The row that brings it.
        edition: 1 for the first file of this kind, more for those handed in later.
    """
    kind = DocumentKind(document["kind"])
    mark = f"{cast.case.application_no} {kind.value} {edition}"
    if kind in _PHOTOS:
        return _photo(_PHOTOS[kind], mark)
    if kind in _DRAWN:
        return _DRAWN[kind](cast, document, mark)
    is_sealed = document["sealed"] == "yes"
    return pdf(
        _TITLES[kind],
        (
            f"Application {mark}",
            f"Applicant: {cast.latin}",
            f"Handler: {cast.handler.latin}",
            f"Valid to: {document['valid_to'] or '-'}",
            f"Seal: {'made-up seal' if is_sealed else 'none'}",
            "",
            "Everything on this page is made up. It is no document of anybody.",
        ),
    )


def _photo(name: str, mark: str) -> bytes:
    """Return a picture that ships with the demo, with a comment in it that makes the file this document's own."""
    content, comment = fixtures.content(name), mark.encode("ascii")
    return content[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + content[2:]


def _licence(cast: Cast, document: Mapping[str, Any], mark: str) -> bytes:
    """Draw a business licence: a frame, the code, the name, the term, and a seal where there is one."""
    canvas = Canvas(640, 452)
    canvas.box(8, 8, 624, 436)
    canvas.box(16, 16, 608, 420)
    canvas.write("BUSINESS LICENCE", 140, 40, 4)
    canvas.write("样本", 150, 244, 8, is_pale=True)
    rows = (
        f"CODE  {cast.uscc}",
        f"NAME  {cast.latin}",
        f"LEGAL REP  {cast.legal_rep.latin}",
        f"TERM  {document['valid_to'] or '-'}",
    )
    _column(canvas, rows, 48, 110)
    if document["sealed"] == "yes":
        canvas.box(470, 300, 110, 90)
        canvas.write("SEAL", 496, 336, 3)
    canvas.write(mark, 48, 390)
    canvas.write(_WARNING, 48, 412)
    return canvas.png(f"made-up sample {mark}")


def _card_front(person: Person, mark: str, *, is_blurred: bool) -> bytes:
    """Draw the side of an ID card with the portrait."""
    canvas = Canvas(480, 302)
    canvas.box(4, 4, 472, 294)
    canvas.box(340, 50, 108, 138)
    canvas.box(372, 76, 44, 50, is_filled=True)
    canvas.box(356, 134, 76, 52, is_filled=True)
    canvas.write("IDENTITY CARD", 28, 22)
    canvas.write("样本", 60, 146, 4, is_pale=True)
    rows = (f"NAME  {person.latin}", f"BORN  {person.born.isoformat()}", "ADDRESS  NOWHERE ROAD 1")
    _column(canvas, rows, 28, 56)
    canvas.write(f"NO  {person.id_no}", 28, 212, is_pale=is_blurred)
    canvas.write(mark, 28, 248)
    canvas.write(_WARNING, 28, 270)
    return canvas.png(f"made-up sample {mark}")


def _card_back(person: Person, mark: str, valid_to: str) -> bytes:
    """Draw the side of an ID card with its validity."""
    canvas = Canvas(480, 302)
    canvas.box(4, 4, 472, 294)
    canvas.box(32, 40, 80, 80)
    canvas.write("样本", 150, 50, 5, is_pale=True)
    _column(canvas, (f"VALID FROM  {person.issued_on}", f"VALID TO  {valid_to or person.valid_to}"), 28, 170)
    canvas.write(mark, 28, 248)
    canvas.write(_WARNING, 28, 270)
    return canvas.png(f"made-up sample {mark}")


def _column(canvas: Canvas, rows: tuple[str, ...], left: int, top: int) -> None:
    for number, row in enumerate(rows):
        canvas.write(row, left, top + number * _LINES_DOWN)


def _front(cast: Cast, document: Mapping[str, Any], mark: str) -> bytes:
    person = cast.legal_rep if document["kind"] == D.LEGAL_ID_FRONT else cast.handler
    return _card_front(person, mark, is_blurred=document["quality"] == "blurred")


def _back(cast: Cast, document: Mapping[str, Any], mark: str) -> bytes:
    person = cast.legal_rep if document["kind"] == D.LEGAL_ID_BACK else cast.handler
    return _card_back(person, mark, document["valid_to"])


_DRAWN: Mapping[DocumentKind, Callable[[Cast, Mapping[str, Any], str], bytes]] = {
    D.BIZ_LICENSE: _licence,
    D.LEGAL_ID_FRONT: _front,
    D.AGENT_ID_FRONT: _front,
    D.LEGAL_ID_BACK: _back,
    D.AGENT_ID_BACK: _back,
}
