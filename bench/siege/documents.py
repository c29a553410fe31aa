"""Cases of what a feed says: names given twice, dates that cannot be, charsets that lie, titles that would do harm."""

from __future__ import annotations

from functools import partial
from typing import Any

from bench.siege.case import MIB, PLAIN, add, fails, item, read, rss
from bench.siege.feeds import body
from bench.siege.transport import replies

G = "identity"
NO_PAGES = "[extract]\nfetch_pages = false\n"


def editions(*bodies: str) -> Any:
    """Another body at each poll; the last for all that follow."""

    async def play(x: Any) -> None:
        await x.reply(bodies[min(x.nth, len(bodies) - 1)])

    return play


add("guid-blank", G, "guids of blanks only", replies(rss(item(1, guid="   "), item(2, guid="\n\t"))), **read(2))
add(
    "guid-markup",
    G,
    "markup in a guid",
    replies(rss(item(1, guid="&lt;script&gt;"), item(2, guid="' OR 1=1 --"))),
    **read(2),
)
add(
    "guid-case",
    G,
    "guids that differ in case are two",
    replies(rss(item(1, guid="Abc"), item(2, guid="aBC"))),
    **read(2),
)
add(
    "guid-unicode",
    G,
    "a guid in two normal forms is no crash",
    replies(rss(item(1, guid="e\u0301"), item(2, guid="\u00e9"))),
    **read(1, 2),
)
add(
    "guid-same-500",
    G,
    "500 stories under one guid: all are kept",
    body(lambda: rss(*(item(n, guid="same") for n in range(500)))),
    config=NO_PAGES,
    **read(500),
)
add(
    "guid-new-each-poll",
    G,
    "new guids at each poll, the same links",
    editions(*(rss(item(1, guid=f"{n}", link="http://guid-new-each-poll.test/a/1")) for n in range(3))),
    times=3,
    outcome=("ok", "unchanged"),
    entries=(1, 1),
)
add(
    "guid-swapped",
    G,
    "two items swap their guids",
    editions(rss(item(1), item(2)), rss(item(1, guid="g2"), item(2, guid="g1"))),
    times=2,
    outcome=("ok", "unchanged"),
    entries=(2, 4),
)
add(
    "guid-1mb-each",
    G,
    "five guids of 1 MB",
    body(lambda: rss(*(item(n, guid=f"{n}" + "g" * MIB) for n in range(5)))),
    **read(5),
)
add(
    "link-same-100",
    G,
    "100 items with one link: none is lost",
    body(lambda: rss(*(item(n, link="http://link-same-100.test/a/x") for n in range(100)))),
    config=NO_PAGES,
    **read(100),
)
add(
    "shrinks-to-html",
    G,
    "a feed that turns into a page keeps its entries",
    editions(rss(item(1), item(2)), "<html><body>moved</body></html>"),
    times=2,
    outcome=("error",),
    reasons=("html",),
    entries=(2, 2),
    exits=(0, 1),
)
add(
    "shrinks-to-nothing",
    G,
    "a feed that turns empty keeps its entries",
    editions(rss(item(1), item(2)), ""),
    times=2,
    outcome=("error",),
    reasons=("empty",),
    entries=(2, 2),
    exits=(0, 1),
)
add(
    "title-flips",
    G,
    "a title that changes at each poll is one entry with revisions",
    editions(*(rss(item(1, title=f"Ferry sails at {n}")) for n in range(4))),
    times=4,
    outcome=("ok",),
    entries=(1, 1),
)

G = "charset"
add(
    "utf16-no-bom",
    G,
    "UTF-16 without a byte order mark",
    replies(PLAIN.replace("utf-8", "utf-16").encode("utf-16-le")),
    outcome=("ok", "error"),
    entries=(0, 1),
    exits=(0, 1),
)
add(
    "utf32",
    G,
    "UTF-32",
    replies(PLAIN.replace("utf-8", "utf-32").encode("utf-32")),
    outcome=("ok", "error"),
    entries=(0, 1),
    exits=(0, 1),
)
add(
    "utf7",
    G,
    "UTF-7, which hides tags, is not believed",
    replies(rss(item(title="+ADw-script+AD4-")).replace("utf-8", "utf-7").encode()),
    sql=(("SELECT count(*) FROM entries WHERE title LIKE '%<script%'", 0),),
    **read(),
)
add(
    "windows-1252",
    G,
    "windows-1252 that says UTF-8",
    replies(rss(item(title="caf\u00e9 \u201cquoted\u201d")).encode("windows-1252")),
    sql=(("SELECT count(*) FROM entries WHERE title LIKE 'caf\u00e9%'", 1),),
    **read(),
)
add(
    "shift-jis",
    G,
    "Shift JIS as it says",
    replies(rss(item(title="\u9023\u7d61\u8239\u304c\u518d\u958b")).replace("utf-8", "shift_jis").encode("shift_jis")),
    sql=(("SELECT count(*) FROM entries WHERE title LIKE '\u9023%'", 1),),
    **read(),
)
add("charset-codec", G, "a codec that is no charset", replies(PLAIN, media="text/xml; charset=zlib_codec"), **read())
add("charset-rot13", G, "a codec that turns letters", replies(PLAIN, media="text/xml; charset=rot_13"), **read())
add(
    "charset-unpickle",
    G,
    "charsets with paths in them",
    replies(PLAIN, media="text/xml; charset=../../etc/passwd"),
    **read(),
)
add(
    "charset-idna",
    G,
    "a codec that takes quadratic time",
    body(lambda: rss(item(title="a" * 200_000)), media="text/xml; charset=idna"),
    **read(),
)
add("charset-10kb", G, "a charset's name of 10 kB", replies(PLAIN, media="text/xml; charset=" + "x" * 10_000), **read())
add(
    "type-multipart",
    G,
    "multipart/x-mixed-replace, without end",
    replies("--x\r\n\r\n" + PLAIN, media="multipart/x-mixed-replace; boundary=x"),
    outcome=("ok", "error"),
    entries=(0, 1),
    exits=(0, 1),
)
add(
    "overlong-utf8",
    G,
    "overlong UTF-8 spells no tag",
    replies(rss(item(title="TITLE")).encode().replace(b"TITLE", b"a \xc0\xbcscript\xc0\xbe b")),
    sql=(("SELECT count(*) FROM entries WHERE title LIKE '%<script%'", 0),),
    **read(),
)
add(
    "nul-between-letters",
    G,
    "a NUL after each letter of a title",
    replies(rss(item(title="\0".join("Ferry")), item(2))),
    **read(2),
)

G = "date"


def _dated(date: str) -> str:
    return rss(item(more=f"<pubDate>{date}</pubDate>"))


for name, date in {
    "year-0": "0000-01-01T00:00:00Z", "year-99999": "99999-01-01T00:00:00Z", "leap-second": "2026-06-30T23:59:60Z",
    "hour-24": "2026-11-23T24:00:00Z", "offset-99": "2026-11-23T10:00:00+99:99", "unix": "1795000000", "unix-ms": "1795000000000",
    "arabic-digits": "\u0662\u0660\u0662\u0666-\u0661\u0661-\u0662\u0663", "10mb": "2" * (2 * MIB), "percent": "%s%n%x", "iso-week": "2026-W48-1",
    "zones": "Mon, 23 Nov 2026 10:00:00 XYZ", "negative-zero": "Mon, 23 Nov 2026 10:00:00 -0000", "two-dates": "2026-11-23T10:00:00Z 2026-11-24T10:00:00Z",
}.items():  # fmt: skip
    add(f"date-{name}", G, f"pubDate {date[:30]!r}", body(partial(_dated, date)),
        sql=(("SELECT count(*) FROM entries WHERE published_at > '2100' OR published_at < '1970'", 0),), **read())  # fmt: skip

G = "text"
for name, title in {
    "rtl": "\u202ered evol\u202c and \u2066isolates", "tags": "\U000e0041\U000e0042 hidden letters", "zalgo": "f\u0335\u0321\u0322e\u0327rry" * 50,
    "ansi": "&#27;[2J&#27;]0;owned&#7;", "c1": "a\x9b31mb", "line-separators": "a\u2028b\u2029c\x85d", "surrogate-pair": "&#xD83D;&#xDE00; pair", "half-pair": "&#xDC00; half",
    "noncharacters": "a\ufdd0\ufffeb", "private-use": "\ue000\U000f0000", "ligature": "\ufdfa" * 1000, "emoji-joiners": "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 100,
    "sql-union": "x' UNION SELECT sql FROM sqlite_master--", "jinja": "{{ config.__class__.__init__.__globals__ }}", "ssi": "&lt;!--#exec cmd='id' --&gt;",
    "shell": "$(touch /tmp/siege) `id` ; rm -rf ~", "path": "../../../../etc/cron.d/x", "header": "x&#13;&#10;Bcc: a@x.test", "formula": "@SUM(1+1)*cmd|' /C calc'!A0",
    "entity-twice": "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;", "entity-thrice": "&amp;amp;lt;svg onload=alert(1)&amp;amp;gt;", "null-words": "NULL", "number": "1e999",
}.items():  # fmt: skip
    add(f"text-{name}", G, f"a title: {title[:24]!r}", replies(rss(item(title=title))), says=("1 feed polled",), hides=("\x1b[2J", "\x9b31m"),
        sql=(("SELECT count(*) FROM entries WHERE instr(title, char(27)) OR instr(title, char(155)) OR instr(title, char(0)) OR title LIKE '%<script%' OR title LIKE '%<svg%'", 0),),
        **read())  # fmt: skip
add(
    "text-title-5mb",
    G,
    "a title of 5 MB is cut",
    body(lambda: rss(item(title="ferry " * 900_000))),
    sql=(("SELECT max(length(title)) <= 2000 FROM entries", 1),),
    **read(),
)
add(
    "text-feed-title",
    G,
    "the feed's own title is text too",
    replies(rss(item(), head="<title>&lt;script&gt;x&lt;/script&gt;&#27;[31m</title>")),
    hides=("\x1b[31m",),
    **read(),
)
add(
    "text-binary",
    G,
    "an image",
    replies(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 400, media="image/png"),
    **fails("not_a_feed"),
)
add("text-zip", G, "an archive", replies(b"PK\x03\x04" + bytes(10_000), media="application/zip"), **fails("not_a_feed"))
add(
    "text-json-error",
    G,
    "an error as JSON with status 200",
    replies('{"error": "rate limit"}', media="application/json"),
    **fails("not_a_feed"),
)
add(
    "text-plain",
    G,
    "plain words",
    replies("Service is down for the night. Come back later.", media="text/plain"),
    **fails("not_a_feed"),
)
add(
    "text-svg",
    G,
    "an SVG with a script in it",
    replies("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", media="image/svg+xml"),
    **fails("not_a_feed"),
)
