"""A newsroom that hostile publishers filled: two polls over real HTTP, with alerts by webhook and mail."""

from __future__ import annotations

import html
import json
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.cli.conftest import FERRY, MUSEUM
from tests.cli.here import run_here
from tests.cli.mailing import READER
from tests.daemon.conftest import Publisher
from tests.publish.servers import Sink, serving

from .words import HOSTILE

_VOCABULARY = sorted({word.strip(".,") for word in f"{FERRY} {MUSEUM}".split()})
#: Characters that XML cannot hold even as references; the JSON feed brings them.
_NO_XML = [chr(n) for n in range(0x20) if chr(n) not in "\t\n\r"] + ["\ufffe", "\uffff"]


@dataclass
class Scene:
    """The folder of the newsroom, and what came out of it so far."""

    folder: Path
    publisher: Publisher
    sink: Sink
    log: str = ""
    said: list[str] = field(default_factory=list)

    @property
    def database(self) -> Path:
        return self.folder / "newsroom.db"

    def run(self, *arguments: str, exits: tuple[int, ...] = (0,)) -> str:
        """Run a command; returns what it printed. Everything it said is kept."""
        code, *printed = run_here(self.folder, *arguments)
        out, err = (each.decode() for each in printed)
        self.said += [out, err]
        assert code in exits, (arguments, code, err[-2000:])
        assert "Traceback" not in err, err[-2000:]
        if "-v" in arguments:
            self.log += err
        return out


def story_text(name: str, words: str) -> str:
    """A body that is an article of its own, with a stranger's words in the middle; each is in two feeds."""
    rng = random.Random(name)
    plain = [rng.choice(_VOCABULARY) for _ in range(120)]
    return f"{' '.join(plain[:60])}. {words} {' '.join(plain[60:])}."


def as_xml(text: str) -> str:
    """A text for an XML document; what no document can hold is left out."""
    for character in _NO_XML:
        text = text.replace(character, "")
    return html.escape(text.encode("utf-8", "replace").decode())


def rss_of(publisher: Publisher) -> bytes:
    """An RSS feed in which every field of each item is hostile."""
    items = []
    for name, words in HOSTILE.items():
        inside, link = as_xml(words), publisher.url(f"/rss/{name}?q={quote(words.encode('utf-8', 'replace'))}")
        body = as_xml(f"<p>{html.escape(story_text(name, words))}</p><p>{words} {name}</p>")
        items.append(
            f"<item><title>{inside}</title><guid isPermaLink='false'>{inside[:2000]} {name}</guid>"
            f"<link>{as_xml(link[:1900])}</link>"
            f"<author>{inside[:500]}</author><category>{inside[:500]}</category>"
            f"<source url='https://evil.example/'>{inside[:500]}</source>"
            f"<description>{inside}</description><content:encoded>{body}</content:encoded></item>"
        )
    title = as_xml(HOSTILE["quote-out"] + HOSTILE["escaped"] + HOSTILE["carriage"])
    space = "xmlns:content='http://purl.org/rss/1.0/modules/content/'"
    return f"<rss version='2.0' {space}><channel><title>{title}</title>{''.join(items)}</channel></rss>".encode()


def json_of(publisher: Publisher) -> bytes:
    """A JSON Feed, whose strings can hold everything: a third of the words, and all that XML cannot say."""
    items = [
        {"id": f"{words[:500]} {name}", "url": publisher.url(f"/json/{name}"), "title": words, "summary": words,
         "content_html": f"<p>{html.escape(story_text(name, words))}</p><p>{words} {name}</p>", "tags": [words[:500]],
         "authors": [{"name": words[:500], "url": "javascript:alert(1)"}]}
        for number, (name, words) in enumerate(HOSTILE.items())
        if number % 3 == 0 or as_xml(words) != html.escape(words)
    ]  # fmt: skip
    title = "".join(HOSTILE[name] for name in ("ansi-title", "bidi", "header", "formula"))
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": title, "items": items}
    return json.dumps(feed).encode()


CONFIG = """\
[poll]
allow = ["{host}"]
host_delay = "0s"
coverage = false
contact = "https://desk.example/bot"
[extract]
fetch_pages = false
[export]
full_text = true
[alerts]
per_hour = 12
[web]
public_url = "https://desk.example"
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "samewire <digest@samewire.example>"
[digest]
at = "{at}"
[[digest.recipients]]
address = "{reader}"
[[watches]]
name = "zebras"
query = "zebra OR ferry"
mail = ["{reader}"]
webhook = "http://{host}/hook"
"""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Two feeds that were harmless at their first poll and are hostile at their second."""
    server, sink = Publisher(), Sink()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    with serving(sink) as port:
        made = Scene(tmp_path_factory.mktemp("hostile"), server, sink)
        config = CONFIG.format(
            at=f"{datetime.now(UTC) - timedelta(minutes=30):%H:%M}", host=server.host, port=port, reader=READER
        )
        (made.folder / "config.toml").write_text(config, encoding="utf-8")
        urls = [
            server.put_feed("/one", ("Harbour opens", FERRY[::-1])),
            server.put_feed("/two", ("Bridge", FERRY[:99])),
        ]
        made.run("poll", "-v", *urls)
        server.pages["/one"], server.pages["/two"] = rss_of(server), json_of(server)
        made.run("poll", "-v", *urls)
        yield made
    server.shutdown()
    thread.join()
    server.server_close()
