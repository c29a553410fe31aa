"""How Sphinx builds these pages: `make docs`."""

import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
sys.path.insert(0, str(ROOT))

from ingest import __version__  # noqa: E402 - the path comes first

project = "samewire"
version = release = __version__
copyright = "the samewire developers, Apache-2.0"
extensions = ["myst_parser"]
exclude_patterns = ["tools"]
myst_heading_anchors = 4
html_theme = "furo"
html_title = "samewire"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False

#: Pages that stand outside of this folder, where people look for them, by the page here that only names them.
ELSEWHERE = {
    "howto/deploy": ROOT / "deploy" / "README.md",
    "howto/cluster": ROOT / "deploy" / "spark" / "README.md",
    "security": ROOT / "SECURITY.md",
}


def setup(app: Any) -> None:
    """Show a page that stands elsewhere in the place of the one that names it."""
    app.connect("source-read", lambda _app, name, source: show_what_stands_elsewhere(name, source))


def show_what_stands_elsewhere(name: str, source: list[str]) -> None:
    """Put the page in the place of the source; its links are written as they are seen from there."""
    page = ELSEWHERE.get(name)
    if page:
        here = (DOCS / name).parent
        text = page.read_text(encoding="utf-8")
        source[0] = re.sub(r"\[([^\]]+)\]\(([^)\s]+)\)", lambda link: _seen(link, page.parent, here), text)


def _seen(link: re.Match[str], there: Path, here: Path) -> str:
    """A link of a page that stands in `there`, written in `here`; a folder cannot be shown and stays as words."""
    words, target = link.groups()
    path, hash_, anchor = target.partition("#")
    if target.startswith(("http://", "https://", "#")):
        return link[0]
    aim = (there / path).resolve()
    if aim.is_dir():
        return words
    shown = next((name for name, page in ELSEWHERE.items() if page == aim), None)
    aim = DOCS / f"{shown}.md" if shown else aim
    up = "../" * len(here.relative_to(DOCS).parts)
    seen = f"{up}{aim.relative_to(DOCS)}" if aim.is_relative_to(DOCS) else f"{up}../{aim.relative_to(ROOT)}"
    return f"[{words}]({seen}{hash_}{anchor})"
