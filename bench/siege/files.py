"""Cases of files that a person is handed and takes in: OPML, JSON Lines, saved pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from bench.siege.case import MIB, add

G = "opml"
OPML = "<opml version='2.0'><head><title>t</title></head><body>{}</body></opml>"
OUTLINE = "<outline type='rss' text='{0}' xmlUrl='{1}'/>"


def opml(
    name: str, note: str, text: str | bytes | Callable[[], bytes], *, feeds: int | None = None, **more: Any
) -> None:
    """A file for `samewire import`; feeds: how many it adds, None where it is refused whole."""
    expected: dict[str, Any] = (
        {"exits": (1,), "says": ("feeds.opml: ",)}
        if feeds is None
        else {"sql": (("SELECT count(*) FROM feeds", feeds),)}
    )
    given = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    add(
        f"opml-{name}",
        G,
        note,
        command=("import", "{folder}/feeds.opml"),
        files={"feeds.opml": given},
        requests=0,
        **(expected | more),
    )


GOOD = OUTLINE.format("Harbour", "https://harbour.example/rss")
opml("plain", "one feed", OPML.format(GOOD), feeds=1)
opml(
    "laughs",
    "entities upon entities",
    "<!DOCTYPE opml [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    + "]>"
    + OPML.format(OUTLINE.format("&a9;", "https://x.example/rss")),
)
opml(
    "bait",
    "a file of this machine as an entity",
    "<!DOCTYPE opml [<!ENTITY x SYSTEM 'file:///proc/self/environ'>]>"
    + OPML.format(OUTLINE.format("&x;", "https://x.example/rss")),
    environment={"SIEGE_BAIT": "bait-4713"},
    hides=("bait-4713",),
)
opml(
    "deep",
    "outlines 100,000 deep",
    lambda: OPML.format("<outline text='x'>" * 100_000 + GOOD + "</outline>" * 100_000).encode(),
)
opml(
    "wide",
    "100,000 feeds: more than any list has",
    lambda: OPML.format("".join(OUTLINE.format(n, f"https://h{n}.example/rss") for n in range(100_000))).encode(),
)
opml("twice", "one feed a thousand times", OPML.format(GOOD * 1000), feeds=1)
opml(
    "schemes",
    "javascript:, data: and file: are refused, the rest is taken",
    OPML.format(
        GOOD
        + OUTLINE.format("a", "javascript:alert(1)")
        + OUTLINE.format("b", "data:text/html,x")
        + OUTLINE.format("c", "file:///etc/passwd")
    ),
    feeds=1,
)
opml(
    "credentials",
    "a password in an address is neither taken nor told",
    OPML.format(GOOD + OUTLINE.format("a", "https://desk:hunter2@x.example/rss")),
    feeds=1,
    hides=("hunter2",),
)
opml(
    "ansi",
    "escape sequences in names and addresses do not reach the terminal",
    OPML.format(GOOD + OUTLINE.format("a", "gopher://x/&#x9b;31m\u202e")),
    feeds=1,
    hides=("\x9b31m", "\u202e"),
)
opml("utf16", "UTF-16", OPML.format(GOOD).encode("utf-16"), feeds=1)
opml("wrong-charset", "a charset that is none", "<?xml version='1.0' encoding='klingon'?>" + OPML.format(GOOD))
opml("binary", "no XML at all", bytes(range(256)) * 100)
opml("empty", "nothing", b"")
opml("html", "a page", "<!DOCTYPE html><html><body>x</body></html>")
opml("cut", "cut in the middle: nothing of it is taken", OPML.format(GOOD * 3)[:-60])
opml(
    "attribute-5mb",
    "an attribute of 5 MB",
    lambda: OPML.format(OUTLINE.format("x" * (5 * MIB), "https://x.example/rss")).encode(),
    exits=(0, 1),
    says=(),
)
opml("30mb", "a file of 30 MB", lambda: OPML.format(" " * (30 * MIB)).encode())
opml(
    "markup",
    "markup in names",
    OPML.format(OUTLINE.format("&lt;script&gt;alert(1)&lt;/script&gt;", "https://x.example/rss")),
    feeds=1,
)

G = "jsonl"
WORDS = "The ferry resumed its crossing on Monday after two days in port, the harbour master said before dawn. " * 4
RECORD = {"id": "1", "title": "Ferry sails again", "text": WORDS}


def jsonl(
    name: str, note: str, text: str | bytes | Callable[[], bytes], *, articles: int | None = None, **more: Any
) -> None:
    """A file for `samewire import`; articles: how many it takes in, None where it is refused whole."""
    expected: dict[str, Any] = (
        {"exits": (1, 2), "says": ("articles.jsonl",)}
        if articles is None
        else {"sql": (("SELECT count(*) FROM articles", articles),)}
    )
    given = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    add(
        f"jsonl-{name}",
        G,
        note,
        command=("import", "{folder}/articles.jsonl"),
        files={"articles.jsonl": given},
        requests=0,
        **(expected | more),
    )


def lines(*records: Any) -> str:
    """JSON Lines."""
    return "".join(json.dumps(record) + "\n" for record in records)


jsonl("plain", "one article", lines(RECORD), articles=1)
jsonl("deep", "a line 100,000 deep", (lines(RECORD) + "[" * 100_000 + "\n").encode)
jsonl(
    "deep-extra",
    "a key that nobody reads, 100,000 deep",
    ('{"x": ' + "[" * 100_000 + "]" * 100_000 + ", " + lines(RECORD)[1:]).encode,
)
jsonl(
    "huge-number",
    "a number of a million digits",
    ('{"id": ' + "9" * 1_000_000 + ', "title": "x", "text": "y"}\n').encode,
)
jsonl("nan", "NaN and Infinity", '{"id": NaN, "title": Infinity, "text": "x"}\n')
jsonl("surrogates", "lone surrogates are replaced", lines(RECORD | {"title": "a\ud800b"}), articles=1)
jsonl("bom", "a byte order mark", "\ufeff" + lines(RECORD), articles=1)
jsonl("latin", "no UTF-8", lines(RECORD).replace("Ferry", "F\xe9rry").encode("latin-1"))
jsonl(
    "nul",
    "NULs in the text",
    lines(RECORD | {"text": WORDS.replace(" ", " \0")}),
    articles=1,
    sql=(("SELECT sum(instr(text, char(0))) FROM articles", 0),),
)
jsonl(
    "same-id",
    "one id twice, with other texts: each is kept or the file is refused",
    lines(RECORD, RECORD | {"text": WORDS[::-1]}),
    exits=(0, 1, 2),
    says=(),
)
jsonl("dates", "dates that cannot be", lines(RECORD | {"published_at": "9999-99-99T99:99:99Z"}))
jsonl(
    "year-9999",
    "a date at the end of time",
    lines(RECORD | {"published_at": "9999-12-31T23:59:59Z"}),
    exits=(0, 1, 2),
    says=(),
)
jsonl("no-newline", "without a line end at the end", lines(RECORD).strip(), articles=1)
jsonl("blank-lines", "blank lines between", "\n\n" + lines(RECORD) + "\n\n", articles=1)
jsonl("null-text", "null where the text should be", lines(RECORD | {"text": None}))
jsonl("wrong-types", "a list where the title should be", lines(RECORD | {"title": ["x"]}))
jsonl(
    "text-16mb",
    "a text of 16 MB is cut",
    lambda: lines(RECORD | {"text": WORDS * 40_000}).encode(),
    articles=1,
    seconds=60,
)
jsonl(
    "javascript",
    "javascript: as an address",
    lines(RECORD | {"url": "javascript:alert(1)"}),
    articles=1,
    sql=(("SELECT count(*) FROM articles WHERE url LIKE 'javascript%'", 0),),
)
jsonl(
    "ansi",
    "escape sequences in an id that is told of",
    '{"id": "\\u001b[2J", "title": 5, "text": 6}\n',
    hides=("\x1b[2J",),
)
jsonl("binary", "no text at all", bytes(range(256)) * 100)

G = "saved page"
add("extract-bomb", G, "a saved page 500,000 elements deep", command=("extract", "{folder}/page.html"), files={"page.html": b"<html><body>" + b"<div>" * 500_000},
    exits=(0, 1), says=('"text": null',), requests=0, growth_mb=250)  # fmt: skip
add(
    "extract-refresh",
    G,
    "a saved page that leads inside is not followed",
    command=("extract", "{folder}/page.html"),
    files={"page.html": "<meta http-equiv=refresh content='0;url=http://127.0.0.1:{canary}/'>"},
    says=('"text": null',),
    requests=0,
)
add(
    "extract-endless-line",
    G,
    "a saved page of 40 MB",
    command=("extract", "{folder}/page.html"),
    files={"page.html": lambda: b"<p>" + b"a" * (40 * MIB)},
    exits=(0, 1),
    seconds=60,
    growth_mb=250,
    requests=0,
)
