"""The manual as a site: both languages, with links between them, and no dead link."""

import shutil
from pathlib import Path

import pytest
from mkdocs.exceptions import Abort

from tests.manual.chapter_text import ROOT, sources
from tests.manual.site import build_site


@pytest.mark.proof
def test_the_site_has_every_chapter_and_is_not_built_with_a_dead_link(tmp_path: Path) -> None:
    docs, site = tmp_path / "docs", tmp_path / "site"
    shutil.copytree(ROOT / "workbench" / "manual", docs)
    build_site(docs_dir=str(docs), site_dir=str(site))
    english, chinese = sources("en")[0], sources("zh")[0]
    page = (site / "en" / f"{english.path.stem}.html").read_text(encoding="utf-8")

    for chapter in (*sources("en"), *sources("zh")):
        assert (site / chapter.path.parent.name / f"{chapter.path.stem}.html").exists()
    assert f'<a href="../zh/{chinese.path.stem}.html">' in page
    assert "https://" not in page.replace("https://www.mkdocs.org", "")

    with (docs / "zh" / chinese.path.name).open("a", encoding="utf-8") as file:
        file.write("[nowhere](99-nowhere.md)\n")
    with pytest.raises(Abort):
        build_site(docs_dir=str(docs), site_dir=str(site))
