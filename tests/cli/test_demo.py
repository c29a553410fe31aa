"""`samewire demo`: the whole trip on the sample newsroom comes out as labelled, and knows no short cuts."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from html.parser import HTMLParser
from pathlib import Path

import ingest
from ingest.config import load
from ingest.pipeline.sheets import everybody, frame_of, gather
from ingest.publish.digest import MOST
from ingest.publish.event_lines import event_line
from ingest.store.connection import open_reader
from ingest.store.times import from_text

from .conftest import Cli


class Headings(HTMLParser):
    """Collects the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words += data.split()


def test_the_demo_finds_every_story_of_both_editions_and_writes_the_digest(cli: Cli, tmp_path: Path) -> None:
    ran = cli("demo", "--dir", "room", "--no-serve")
    scores = re.findall(r"edition (\d): .* precision (\d\.\d+), recall (\d\.\d+); .* wrong (\d+)", ran.out)
    assert scores == [("1", "1.000", "1.000", "0"), ("2", "1.000", "1.000", "0")], ran.out
    assert ran.code == 0
    assert "█" not in ran.err

    mail = message_from_bytes((tmp_path / "room/digest.eml").read_bytes(), policy=policy.default)
    page = Headings()
    page.feed((tmp_path / "room/digest.html").read_text(encoding="utf-8"))
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "Ferry" in plain.get_content()
    assert "Ferry" in html.get_content()
    assert "Ferry" in page.words
    assert mail["Subject"]
    assert not mail.defects

    stories = cli("--config", "room/config.toml", "stories", "--shared", "--json").json()
    assert len(stories) > 10
    assert cli("--config", "room/config.toml", "status").code == 0
    the_labelled_day(tmp_path / "room")


def the_labelled_day(room: Path) -> None:
    """Every line of its digest is another event, and the second day's has nothing of the first without news."""
    config = load(room / "config.toml").config
    with closing(open_reader(config.database_path)) as connection:
        (second_poll,) = connection.execute(
            "SELECT min(started_at) FROM polls p WHERE (SELECT count(*) FROM polls q WHERE q.feed_id = p.feed_id "
            "AND q.id < p.id) = 1"
        ).fetchone()
        between, end = from_text(second_poll), datetime.now(UTC) + timedelta(seconds=1)
        whole = gather(connection, config, everybody(config), end - timedelta(days=1), end)
        second = gather(connection, config, everybody(config), between, end)
        view = connection.execute("SELECT event_id FROM todays_digest").fetchall()
    headlines = [each.stories[0].title for each in whole.views.values()]
    assert len(set(headlines)) == len(headlines) == len(whole.sorted.events) > 15
    for one_event in REPORTS_OF_ONE_EVENT:
        assert sum(any(part in title for part in one_event) for title in headlines) == 1, one_event
    assert {row["event_id"] for row in view} == {event.id for event in whole.sorted.events}
    assert second.sorted.no_news and 1 < len(second.sorted.events) < len(whole.sorted.events)
    frame = frame_of(config, everybody(config), day=end.date(), since=between, until=end)
    for event in second.sorted.events:
        assert not event.goes_on or event_line(second.views[event.id], frame, MOST).news


#: By the sample newsroom's labels; what stands in their headlines.
REPORTS_OF_ONE_EVENT = (
    ("Kestria and Ondal leaders", "Тридцать восемь барж", "hopes of a river summit"),
    ("Ferry fire in Skarrow", "I had just unscrewed the flask"),
)


def test_the_demo_leaves_a_folder_alone_that_it_did_not_make(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear", encoding="utf-8")
    ran = cli("demo", "--dir", "mine", "--no-serve")
    assert ran.code == 1
    assert ran.err == "samewire: mine: holds something else; name another folder with --dir\n"
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_nothing_outside_the_demo_knows_of_it() -> None:
    root = Path(ingest.__file__).parent
    allowed = {root / "cli" / name for name in ("demo.py", "bench.py", "commands.py", "__init__.py")}
    told = [
        path.relative_to(root)
        for path in root.rglob("*.py")
        if path not in allowed
        and path.parent != root / "demo"
        and re.search(r"\bdemo\b", path.read_text(encoding="utf-8"), re.IGNORECASE)
    ]
    assert told == []
