"""A walk through the pages in Chromium, on the sample newsroom with the daemon beside it (`make test-browser`)."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest.demo.drive import drive
from ingest.store.connection import open_reader
from tests.browse.browser import PATIENCE_S, SCHEMES, WIDTHS, Browser, chromium
from tests.browse.conftest import Newsroom

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not os.environ.get("SAMEWIRE_BROWSER"), reason="`make test-browser` runs these in Chromium"),
]
ROOT = Path(__file__).resolve().parents[2]
#: Where pictures are kept; docs/img holds those of the last `make screenshots`.
PICTURES = ROOT / os.environ.get("SAMEWIRE_SCREENSHOTS", ".cache/screenshots")
#: Of pages that are not pictured in every way.
KEPT = ((1280, "light"), (360, "dark"))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("profile")) as one:
        yield one


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample newsroom, polled twice; its feeds are gone by now, and are not due."""
    folder = tmp_path_factory.mktemp("newsroom")
    drive(folder, say=lambda _: None, tell=lambda *_: None)
    return folder


@contextmanager
def process(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "ingest", "--config", str(folder / "config.toml"), *words]
    one = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder)
    try:
        yield one
    finally:
        one.send_signal(signal.SIGTERM)
        one.communicate(timeout=60)


@contextmanager
def served(folder: Path, *words: str) -> Iterator[str]:
    """The address that `samewire serve` tells."""
    with process(folder, "serve", "--port", "0", *words) as one:
        assert one.stdout is not None
        line = one.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found, line
        yield found[0]


def story_of(folder: Path, members: int) -> int:
    """The story with so many members at least, which has most of them rewritten or revised."""
    connection = open_reader(folder / "newsroom.db")
    try:
        row = connection.execute(
            "SELECT m.story_id FROM members m JOIN articles a ON a.id = m.article_id "
            "LEFT JOIN revisions r ON r.article_id = a.id GROUP BY m.story_id HAVING count(DISTINCT a.id) >= ? "
            "ORDER BY count(DISTINCT m.relation) + count(DISTINCT r.id) DESC, count(*) DESC, m.story_id LIMIT 1",
            [members],
        ).fetchone()
        return int(row[0])
    finally:
        connection.close()


def until(browser: Browser, address: str, holds: Callable[[str], bool]) -> str:
    """Load a page until it says so, as a person would who waits for the daemon."""
    end = time.monotonic() + PATIENCE_S
    while True:
        browser.open(address)
        text = browser.text()
        if holds(text):
            return text
        assert time.monotonic() < end, text
        time.sleep(0.3)


def test_every_page_is_readable_at_every_width_and_in_the_dark(browser: Browser, folder: Path) -> None:
    story = story_of(folder, 4)
    with served(folder) as base:
        browser.open(f"{base}story/{story}")
        compare = str(browser.run("return document.querySelector('a[href*=\"/compare/\"]').href"))
        revised = browser.run("const r = document.querySelector('a[href*=\"/compare/r\"]'); return r && r.href")
        pages = {
            "stories": f"{base}stories",
            "story": f"{base}story/{story}",
            "compare": compare,
            "revision": revised or compare,
            "publisher": f"{base}publisher/1",
            "feeds": f"{base}feeds",
            "digest": f"{base}digest",
            "nothing": f"{base}story/99999",
        }
        for width in WIDTHS:
            for scheme in SCHEMES:
                browser.look(width=width, scheme=scheme)
                for name, address in pages.items():
                    browser.open(address)
                    assert browser.faults() == [], (name, width, scheme)
                    assert browser.overflow() <= 0, (name, width, scheme)
                    if name in ("stories", "story") or (name not in ("digest", "nothing") and (width, scheme) in KEPT):
                        browser.picture(PICTURES / f"{name}-{width}-{scheme}.png")
                    complaints = [line for line in browser.complaints() if "99999" not in line]
                    assert complaints == [], (name, width, scheme)


def test_a_person_walks_from_the_list_to_a_merge_and_takes_it_back(browser: Browser, folder: Path) -> None:
    story = story_of(folder, 4)
    with process(folder, "run"), served(folder, "--root") as login:
        base = login.partition("-/auth-token")[0]
        browser.open(login)
        assert "root" in browser.run("return document.querySelector('header').innerText")
        for width, scheme in KEPT:
            browser.look(width=width, scheme=scheme)
            _walk(browser, folder, base, story, PICTURES / f"corrected-{width}-{scheme}.png")
        browser.click('button[name="mark"][value="starred"]')
        assert browser.run("return document.querySelector('button[value=not-starred]').ariaPressed") == "true"
        assert browser.complaints() == []


def _walk(browser: Browser, folder: Path, base: str, story: int, picture: Path) -> None:
    """From the list to a story, to two of its articles side by side, to a merge, and back to where it was."""
    browser.open(f"{base}stories")
    browser.click(f'a[href="/story/{story}"]')
    before = browser.text()
    browser.click('a[href*="/compare/"]')
    assert browser.run("return document.querySelectorAll('.sw-columns article').length") == 2
    browser.driver.back()
    other = _another(folder, story)
    browser.type("#with", str(other))
    browser.click("form.sw-merge button")
    assert "are one story" in browser.text()
    low, high = sorted((story, other))
    merged = until(browser, f"{base}story/{high}", lambda text: "waits for the daemon" not in text)
    assert browser.run("return location.pathname") == f"/story/{low}"
    assert _articles(merged) > _articles(before)
    assert browser.faults() == []
    assert browser.overflow() <= 0
    browser.picture(picture)
    browser.click('button[form="undo"]')
    until(browser, f"{base}story/{story}", lambda text: _articles(text) == _articles(before))


def _another(folder: Path, story: int) -> int:
    connection = open_reader(folder / "newsroom.db")
    try:
        sql = "SELECT max(id) FROM stories WHERE merged_into IS NULL AND id <> ?"
        return int(connection.execute(sql, [story]).fetchone()[0])
    finally:
        connection.close()


def _articles(text: str) -> int:
    found = re.search(r"(\d+) articles?", text)
    assert found, text
    return int(found[1])


def test_the_keyboard_reaches_the_content_and_the_search(browser: Browser, folder: Path) -> None:
    with served(folder) as base:
        browser.look(width=1280, scheme="light")
        browser.open(f"{base}stories")
        browser.type("body", "\ue004")  # Tab
        assert browser.run("return document.activeElement.className") == "sw-skip"
        browser.driver.switch_to.active_element.send_keys("\ue007")  # Enter
        assert browser.run("return location.hash") == "#main"
        browser.driver.switch_to.active_element.send_keys("\ue004")
        assert browser.run("return document.activeElement.id") == "q"
        browser.driver.switch_to.active_element.send_keys("ferry\ue007")
        assert browser.run("return new URLSearchParams(location.search).get('q')") == "ferry"


HOSTILE = (
    "<script>window.ran = 1</script>",
    '"><img src=x onerror="window.ran = 1">',
    "<svg onload='window.ran = 1'>",
    "'); DROP TABLE stories; --",
    '=HYPERLINK("javascript:window.ran=1")',
    "a\r\nSet-Cookie: ran=1\0",
    "\u202eevil\u202c שלום עולם",
    "港口重新开放，渡轮恢复运行",
    "x" * 10_000,
)


def test_a_strangers_title_is_text_wherever_it_stands(browser: Browser, newsroom: Newsroom) -> None:
    config = newsroom.path.with_name("config.toml")
    config.write_text(f'[database]\npath = "{newsroom.path.name}"\n', encoding="utf-8")
    for title in HOSTILE:
        one = newsroom.article(title, title, publisher=title[:200], agency=title[:100], url="javascript:window.ran=1")
        other = newsroom.article(title, f"{title}!", publisher="Echo", minutes=3)
        newsroom.story(title, [(one, "original"), (other, "rewrite")], first_reason=title)
    with served(config.parent) as base:
        for width in WIDTHS:
            browser.look(width=width, scheme="light")
            for path in ("stories", *(f"story/{n + 1}" for n in range(len(HOSTILE))), "compare/1/2", "publisher/1"):
                browser.open(base + path)
                assert browser.run("return window.ran") is None, path
                assert browser.overflow() <= 0, path
                assert browser.run("return [...document.links].filter(a => !/^http/.test(a.protocol)).length") == 0
        for path in ("stories.atom", "stories.json", "newsroom/articles", "newsroom/story_list"):
            browser.open(base + path)
            assert browser.run("return window.ran") is None, path
        assert "ran" not in {each["name"] for each in browser.driver.get_cookies()}
