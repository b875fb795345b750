"""Draws the pages of a document as images in the terminal; only the viewer process imports it."""

import io
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console

from screens.documents import BESIDE_WIDTH, ViewerWords

_MAX_PIXELS = 60_000_000
"""The most pixels of an image; a larger one counts as unreadable."""

_PDF_DOTS = 2_000
"""The dots of the longer side of a PDF page as it is rendered."""
_HEAD_LINES = 2
_LINES_AROUND = 3
"""The lines that a page leaves free: the heading, and one at the end."""
_GAP = 2

_MAX_BLANK_CONTRAST = 3
"""The most by which colours on a blank page may differ."""


class Unreadable(Exception):
    """The file cannot be decoded as its media type."""


def _renderables() -> tuple[Any, Any]:
    """Return the sixel and the kitty renderer, without letting their library query the terminal."""
    # On import, the library queries the terminal if `sys.__stdout__` is a terminal.
    terminal = sys.__stdout__
    sys.__stdout__ = None  # type: ignore[misc]  # restored below
    try:
        from textual_image.renderable import SixelImage, TGPImage
    finally:
        sys.__stdout__ = terminal  # type: ignore[misc]  # restores it
    return SixelImage, TGPImage


@contextmanager
def _decoding(what: str) -> Iterator[None]:
    """Turn any failure of the decoding libraries into `Unreadable`, and keep their warnings off the screen.

    Raises:
        Unreadable: If it cannot be decoded.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    except Exception as error:
        # A broken file makes the libraries raise anything.
        raise Unreadable(what) from error


class PageRenderer:
    """The pages of an open document."""

    def __init__(self, handle: int, media_type: str, *, is_sixel: bool) -> None:
        """Read the document from an open file descriptor.

        Raises:
            Unreadable: If it cannot be decoded.
        """
        from PIL import Image

        Image.MAX_IMAGE_PIXELS = _MAX_PIXELS
        sixel_image, kitty_image = _renderables()
        self._image_type = sixel_image if is_sixel else kitty_image
        with os.fdopen(handle, "rb") as file:
            data = file.read()
        with _decoding(media_type):
            self._pdf = _pdf(data) if media_type == "application/pdf" else None
            self._image = None if self._pdf else _image(data)
            self.count = len(self._pdf) if self._pdf else 1
        if not self.count:
            raise Unreadable(media_type)

    def draw(self, page: int, cells: tuple[int, int], words: ViewerWords) -> bool:
        """Draw a page as large as fits below the caption and the keys; return whether there was anything to draw.

        If there is room, `words.beside` is shown left of the page, for comparison. A blank page is replaced by a text,
        because an empty screen would look like a broken terminal.

        Raises:
            Unreadable: If the page cannot be decoded.
        """
        columns, lines = cells
        room = max(1, lines - _LINES_AROUND)
        start = BESIDE_WIDTH + _GAP if columns >= 2 * BESIDE_WIDTH + _GAP else 0
        head = _console(columns, room)
        head.print(words.caption, style="bold", no_wrap=True, overflow="crop", end="\r\n")
        head.print(words.keys, style="dim", no_wrap=True, overflow="crop", end="\r\n")
        if start:
            beside = _console(BESIDE_WIDTH, room)
            with beside.capture() as captured:
                beside.print("\n".join(words.beside.split("\n")[:room]), no_wrap=True, overflow="crop")
            _write(captured.get(), 0)
        console = _console(columns - start, room)
        with _decoding(str(page)), console.capture() as captured:
            picture = self._picture(page)
            is_blank = _is_blank(picture)
            if is_blank:
                console.print(f"\n{words.blank}")
            else:
                console.print(self._image_type(picture, width="auto", height="auto"), height=room)
        _write(captured.get(), start)
        return not is_blank

    def _picture(self, page: int) -> Any:
        if self._pdf is None:
            return self._image
        sheet = self._pdf[page]
        return sheet.render(scale=_PDF_DOTS / max(1.0, *sheet.get_size())).to_pil().convert("RGB")


def _console(width: int, height: int) -> Console:
    return Console(file=sys.stdout, force_terminal=True, width=width, height=height, highlight=False, markup=False)


def _write(text: str, start: int) -> None:
    """Write lines below the heading, each with its cursor position: in raw mode, a line feed keeps the column."""
    for row, line in enumerate(text.split("\n"), _HEAD_LINES + 1):
        sys.stdout.write(f"\x1b[{row};{start + 1}H{line}")
    sys.stdout.flush()


def _is_blank(picture: Any) -> bool:
    """Return whether a picture is of one colour."""
    return all(high - low <= _MAX_BLANK_CONTRAST for low, high in picture.getextrema())


def _pdf(data: bytes) -> Any:
    import pypdfium2

    return pypdfium2.PdfDocument(data)


def _image(data: bytes) -> Any:
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
        return ImageOps.exif_transpose(image).convert("RGB")
