"""The pages of a document as pictures in the terminal; only the program that shows them imports this."""

import io
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console

_MOST_PIXELS = 60_000_000
_PDF_SCALE_DOTS = 2_000
_LINES_AROUND = 3


class Unreadable(Exception):
    """A file that is not the picture or the document that it seems to be."""


def _renderables() -> tuple[Any, Any]:
    """Return the two ways of drawing; the library asks the terminal while it is imported, unless there is none."""
    terminal = sys.__stdout__
    sys.__stdout__ = None  # type: ignore[misc]  # put back at once
    try:
        from textual_image.renderable import SixelImage, TGPImage
    finally:
        sys.__stdout__ = terminal  # type: ignore[misc]  # as it was
    return SixelImage, TGPImage


@contextmanager
def _decoding(what: str) -> Iterator[None]:
    """Decode what an applicant sent; a broken file makes the libraries raise whatever comes, and warn on the screen.

    Raises:
        Unreadable: If it cannot be decoded.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    except Exception as error:
        # This program exists for what the libraries cannot be trusted to name; the cause may hold stored values.
        raise Unreadable(what) from error


class Pages:
    """A document that is open, page by page."""

    def __init__(self, handle: int, media_type: str, *, is_sixel: bool) -> None:
        """Read the file of a handle.

        Raises:
            Unreadable: If it cannot be decoded.
        """
        from PIL import Image

        Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
        self._draw = _renderables()[0 if is_sixel else 1]
        with os.fdopen(handle, "rb") as file:
            data = file.read()
        with _decoding(media_type):
            self._pdf = _pdf(data) if media_type == "application/pdf" else None
            self._image = None if self._pdf else _image(data)
            self.count = len(self._pdf) if self._pdf else 1
        if not self.count:
            raise Unreadable(media_type)

    def draw(self, page: int, cells: tuple[int, int], caption: str, keys: str) -> None:
        """Draw a page as large as the terminal's columns and lines allow, with words above and below.

        Raises:
            Unreadable: If the page cannot be decoded.
        """
        columns, lines = cells
        room = max(1, lines - _LINES_AROUND)
        console = Console(
            file=sys.stdout, force_terminal=True, width=columns, height=room, highlight=False, markup=False
        )
        console.print(caption, style="bold", no_wrap=True, overflow="crop", end="\r\n")
        console.print(keys, style="dim", no_wrap=True, overflow="crop", end="\r\n")
        with _decoding(str(page)), console.capture() as captured:
            console.print(self._draw(self._picture(page), width="auto", height="auto"), height=room)
        # The terminal is raw: a line feed alone would not go back to the first column.
        sys.stdout.write(captured.get().replace("\n", "\r\n"))
        sys.stdout.flush()

    def _picture(self, page: int) -> Any:
        if self._pdf is None:
            return self._image
        sheet = self._pdf[page]
        return sheet.render(scale=_PDF_SCALE_DOTS / max(1.0, *sheet.get_size())).to_pil().convert("RGB")


def _pdf(data: bytes) -> Any:
    import pypdfium2

    return pypdfium2.PdfDocument(data)


def _image(data: bytes) -> Any:
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
        return ImageOps.exif_transpose(image).convert("RGB")
