"""Builds the manual as a site from the chapters that the program shows: `python -m tests.manual.site [--no-pictures]`.

The site is in `build/site` and needs no server. The pictures are of the screens of the demo, taken each time. MkDocs
calls the functions `on_…` as its hooks.
"""

import asyncio
import re
import shutil
import sys
import tempfile
from html import unescape
from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "build" / "pictures"
LANGUAGES = {"en": "English", "zh": "中文"}
_HOME = """# Manual · 手册

* [The manual in English](en/01-first-hour.md)
* [中文手册](zh/01-first-hour.md)
"""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the first page and the pictures."""
    files.append(File.generated(config, "index.md", content=_HOME))
    for picture in sorted(PICTURES.glob("*/*.svg")):
        files.append(
            File.generated(config, f"pictures/{picture.relative_to(PICTURES)}", abs_src_path=str(picture.resolve()))
        )
    return files


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
    """Name the parts of the navigation by their languages; MkDocs takes the names of their folders."""
    for part in nav.items:
        if isinstance(part, Section):
            part.title = LANGUAGES[part.title.casefold()]
    return nav


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Return a chapter with a link to each other language and a picture of its screen, and with line ends of MkDocs."""
    language, _slash, name = page.file.src_uri.partition("/")
    if language not in LANGUAGES:
        return markdown
    comment, title, text = markdown.split("\n", 2)
    others = " · ".join(f"[{words}](../{other}/{name})" for other, words in LANGUAGES.items() if other != language)
    above = [comment, title, f"\n{others}"]
    pictured = (f"pictures/{language}/{place}.svg" for place in comment.split()[2:-1])
    above += [f"\n![{title.strip('# ')}](../{path})" for path in pictured if files.get_file_from_path(path)][:1]
    return "\n".join([*above, re.sub(r"\\$", "  ", text, flags=re.MULTILINE)])


def drawable(picture: str) -> str:
    """Return a picture with the width of its Chinese, and without the address of a font or of a library."""
    # Imported here, because MkDocs loads this file as a hook.
    from workbench.domain.text.cells import cells

    def in_cells(text: re.Match[str]) -> str:
        words = unescape(text[4])
        return f"{text[1]}{float(text[2]) * cells(words) / len(words):.1f}{text[3]}>{text[4]}<"

    picture = re.sub(r"@font-face \{.*?\}|<!--.*?-->", "", picture, flags=re.DOTALL)
    return re.sub(r'(textLength=")([\d.]+)("[^>]*)>([^<]+)<', in_cells, picture)


async def take_pictures(folder: Path) -> None:
    """Write a picture of each screen of the demo in each language."""
    from tests.demos import NOW, clock
    from tests.screens.driver import site_workbench
    from tests.sites import ManualClock, Site
    from workbench.keys.registry import GO_DESK, MODES
    from workbench.services.demo.preparing import prepare

    shutil.rmtree(PICTURES, ignore_errors=True)
    site = Site(prepare(folder / "demo", clock), ManualClock(NOW))
    try:
        for language in LANGUAGES:
            (PICTURES / language).mkdir(parents=True)
            for login in ("rev1", "sup"):
                async with site_workbench(site, login, language=language) as driver:
                    for mode in [GO_DESK] if login == "rev1" else MODES:
                        letter = mode.keys[0].split(" ")[1]
                        await (driver.press("n") if login == "rev1" else driver.go(letter))
                        path = PICTURES / language / f"{driver.app.screen.PLACE}.svg"  # type: ignore[attr-defined]  # modes have one
                        # Several modes show the queue; the first shows all of it.
                        if not path.exists():
                            path.write_text(drawable(driver.app.export_screenshot(title="workbench")), encoding="utf-8")
    finally:
        site.close()


def build_site(**settings: str) -> None:
    """Build the site, with other settings than those of its file; a dead link is an error."""
    config = load_config(str(ROOT / ".mkdocs.yml"), **settings)
    config.plugins.on_startup(command="build", dirty=False)
    build(config)


if __name__ == "__main__":
    if "--no-pictures" not in sys.argv:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(take_pictures(Path(folder)))
    build_site()
