"""Looks at the built site: links and anchors within it lead somewhere, and no page loads anything from elsewhere."""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: What a browser loads by itself, by element; an <a> is followed by people only.
_LOADED = {"link": "href", "script": "src", "img": "src", "iframe": "src", "source": "src", "object": "data"}
_NOT_LOADED = {"canonical", "next", "prev", "search", "index", "author", "copyright"}  # <link rel=…> that names only
_IN_CSS = re.compile(r"(?:url\(\s*['\"]?|@import\s+['\"])((?:https?:)?//[^'\")\s]+)")


@dataclass
class _Page(HTMLParser):
    """The anchors of a page, what it links to and what it loads."""

    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag in _LOADED and not (tag == "link" and set(given.get("rel", "").split()) & _NOT_LOADED):
            self.loaded.append(given.get(_LOADED[tag], ""))
        self.loaded += _IN_CSS.findall(given.get("style", ""))


@cache
def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def faults(site: Path) -> list[str]:
    """What is wrong with a built site, a line each."""
    found = []
    for path in sorted(site.rglob("*.html")):
        page, name = _read(path), path.relative_to(site)
        for target in page.loaded:
            if urlsplit(target).scheme in ("http", "https") or target.startswith("//"):
                found.append(f"{name} loads {target} from elsewhere: put the file into docs/static")
        for target in {*page.links, *page.loaded}:
            found += [f"{name} {fault}" for fault in _dead(path, target)]
    for path in sorted(site.rglob("*.css")):
        for target in _IN_CSS.findall(path.read_text(encoding="utf-8")):
            found.append(f"{path.relative_to(site)} loads {target} from elsewhere")
    return found


def _dead(page: Path, target: str) -> list[str]:
    """Why a link of a page leads nowhere within the site."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return []
    aim = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if not aim.is_file():
        return [f"links to {target}, which is not there"]
    if parts.fragment and aim.suffix == ".html" and unquote(parts.fragment) not in _read(aim).anchors:
        return [f"links to {target}, which has no such heading"]
    return []


def main() -> None:
    """Say what is wrong with the site; exit 1 when anything is."""
    parser = argparse.ArgumentParser(prog="python -m docs.tools.site", description=__doc__)
    parser.add_argument("site", type=Path, help="the folder that `make docs` built")
    site = parser.parse_args().site.resolve()
    found = faults(site)
    pages = len(list(site.rglob("*.html")))
    print("\n".join(found) or f"{pages} pages, no dead link, nothing loaded from elsewhere: {site}/index.html")
    sys.exit(1 if found or not pages else 0)


if __name__ == "__main__":
    main()
