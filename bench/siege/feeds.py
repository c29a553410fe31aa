"""Cases of feeds: what stands before, between and around the items, in every dialect, and what must still be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from bench.siege.case import MIB, PLAIN, add, fails, item, read, rss
from bench.siege.transport import replies

G = "xml"
ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'><title>Harbour</title>{}</feed>"
ENTRY = "<entry><id>e{0}</id><title>Ferry {0} sails again</title><updated>2026-11-23T10:00:00Z</updated>{1}</entry>"


def body(make: Callable[[], str | bytes], **more: Any) -> Any:
    """A feed that is made when it is asked for: some are large."""

    async def play(x: Any) -> None:
        made = make()
        if isinstance(made, str) and "{inner}" in made:
            made = made.replace("{inner}", str(x.inner))
        await x.reply(made, **more)

    return play


def said(number: int, text: str) -> str:
    """One RSS item that says this."""
    return f"<item><title>Ferry {number}</title><guid>g{number}</guid><description>{text}</description></item>"


def repeated(many: int, text: str) -> str:
    """A feed of items that all say this."""
    return rss(*(said(n, text) for n in range(many)))


TWO = read(2)
add("prolog-twice", G, "two XML declarations", replies("<?xml version='1.0'?>" + PLAIN), **read())
add("prolog-version", G, "XML 1.1, and 9.9", replies(PLAIN.replace("1.0", "9.9", 1)), **read())
add(
    "prolog-words",
    G,
    "warnings of a script before the feed",
    replies("<br />\n<b>Warning</b>: session_start() in x.php\n" + PLAIN),
    **read(),
)
add(
    "prolog-comment",
    G,
    "a comment of 100 kB before the feed",
    body(lambda: "<!--" + "x" * 100_000 + "-->" + PLAIN.partition("?>")[2]),
    **read(),
)
add(
    "prolog-comment-1mb",
    G,
    "a comment of 1 MB before the feed",
    body(lambda: "<!--" + "x" * MIB + "-->" + PLAIN.partition("?>")[2]),
    outcome=("ok", "error"),
    entries=(0, 1),
    exits=(0, 1),
)
add(
    "prolog-blank-lines",
    G,
    "two million line ends before the feed",
    body(lambda: "\n" * (2 * MIB) + PLAIN),
    **read(0, 1) | {"outcome": ("ok", "error"), "exits": (0, 1)},
)
add(
    "trailing-html",
    G,
    "a script's last words behind the feed",
    replies(PLAIN + "\n<!-- 0.2 s --><script>x</script>"),
    **read(),
)
add(
    "two-documents", G, "two feeds in one body: at least the first is read", replies(PLAIN + rss(item(2))), **read(1, 2)
)
add(
    "cut-in-title",
    G,
    "cut within the second item",
    replies(rss(item(1), item(2))[:-150]),
    outcome=("ok", "error"),
    entries=(1, 1),
    exits=(0, 1),
)
add(
    "cut-in-entity",
    G,
    "cut within an entity",
    replies(rss(item(1), "<item><title>a &am", tail=" ")),
    outcome=("ok", "error"),
    entries=(1, 1),
    exits=(0, 1),
)
add(
    "cut-in-cdata",
    G,
    "cut within CDATA",
    replies(rss(item(1), "<item><title>a</title><description><![CDATA[ never", tail=" ")),
    outcome=("ok", "error"),
    entries=(1, 1),
    exits=(0, 1),
)
add(
    "cdata-nested",
    G,
    "CDATA in CDATA, as a careless system writes it",
    replies(rss(item(title="<![CDATA[ a <![CDATA[ b ]]> c ]]>"), item(2))),
    **TWO,
)
add("cdata-end-in-text", G, "]]> in plain text", replies(rss(item(title="a ]]> b"), item(2))), **TWO)
add(
    "ampersands",
    G,
    "bare ampersands everywhere",
    replies(rss(item(title="R&D & Q&A &c &amp; &nbsp; &bogus; &#; &#x;"), item(2))),
    **TWO,
)
add(
    "html-entities",
    G,
    "HTML's entities in XML",
    replies(rss(item(title="caf&eacute; &mdash; na&iuml;ve &euro;"), item(2))),
    **TWO,
)
add("lone-less-than", G, "a bare < in a title", replies(rss(item(title="2 < 3 and 5<6"), item(2))), **TWO)
add(
    "unclosed-tags",
    G,
    "HTML that is not escaped and not closed",
    replies(rss(item(title="a<br>b<p>c<b>d"), item(2))),
    **read(1, 2),
)
add("crossed-tags", G, "tags that cross", replies(rss(item(more="<a><b></a></b>"), item(2))), **TWO)
add(
    "attribute-unquoted",
    G,
    "attributes without quotes",
    replies(rss(item(more="<enclosure url=http://x.test/a length=5 type=audio/mpeg />"), item(2))),
    **TWO,
)
add(
    "attribute-twice",
    G,
    "an attribute given twice",
    replies(rss(item(more="<source url='a' url='b'>x</source>"), item(2))),
    **TWO,
)
add(
    "prefix-unbound",
    G,
    "prefixes that nobody declared",
    replies(rss(item(more="<media:content url='x'/><dc:creator>Ann</dc:creator>"), item(2))),
    **TWO,
)
add(
    "prefix-swapped",
    G,
    "Atom's elements under another prefix",
    replies(
        "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:title>t</a:title><a:entry><a:id>1</a:id><a:title>Ferry</a:title></a:entry></a:feed>"
    ),
    **read(),
)
add(
    "prefix-flood",
    G,
    "20,000 namespaces",
    body(lambda: rss(item(more="<x " + " ".join(f"xmlns:p{n}='u:{n}'" for n in range(20_000)) + "/>"), item(2))),
    outcome=("ok", "error"),
    entries=(0, 2),
    exits=(0, 1),
)
add(
    "element-name-long",
    G,
    "an element with a name of 2 MB",
    body(lambda: rss(item(more="<" + "n" * (2 * MIB) + "/>"), item(2))),
    outcome=("ok", "error"),
    entries=(0, 2),
    exits=(0, 1),
)
add(
    "attribute-long",
    G,
    "an attribute of 5 MB",
    body(lambda: rss(item(more=f"<enclosure url='{'u' * (5 * MIB)}'/>"), item(2))),
    outcome=("ok", "error"),
    entries=(0, 2),
    exits=(0, 1),
)
add(
    "comments-200k",
    G,
    "200,000 comments that do not close",
    body(lambda: rss(item(), "<!--" * 200_000)),
    outcome=("ok", "error"),
    entries=(0, 1),
    exits=(0, 1),
)
add(
    "instructions-200k",
    G,
    "200,000 processing instructions",
    body(lambda: rss("<?x y?>" * 200_000, item())),
    outcome=("ok", "error"),
    entries=(0, 1),
    exits=(0, 1),
)
add(
    "items-nested",
    G,
    "items within items, 5,000 deep",
    body(lambda: rss("<item><title>Ferry</title>" * 5000)),
    outcome=("ok", "error"),
    exits=(0, 1),
    entries=(0, 2000),
)
add(
    "items-100k",
    G,
    "100,000 items: 1,000 are taken, and the cap is counted",
    body(lambda: rss(*(f"<item><guid>{n}</guid><title>Ferry {n}</title></item>" for n in range(100_000)))),
    sql=(("SELECT count(*) FROM caps WHERE name = 'entries_per_poll'", 1),),
    seconds=300,
    poll='timeout = "20s"\n',
    config="[extract]\nfetch_pages = false\n",
    **read(1000),
)
NO_PAGES = "[extract]\nfetch_pages = false\n"
for name, note, many, text in (
    ("words-4999", "fifty items of forty words of 4,999 letters each", 50, " ".join(["x" * 4_999] * 40)),
    ("marks-in-a-row", "fifty items of a letter with 20,000 combining marks", 50, "a" + "\u0301\u0316" * 10_000),
    ("items-in-cdata", "1,500 items that write of items", 1_500, "<![CDATA[each <item> has an <entry>]]>"),
):
    add(name, G, note, body(partial(repeated, many, text)), config=NO_PAGES, seconds=120, **read(min(many, 1_000)))
add(
    "categories-50k",
    G,
    "an item with 50,000 categories",
    body(lambda: rss(item(more="<category>c</category>" * 50_000), item(2))),
    **read(1, 2),
)
add(
    "authors-redos",
    G,
    "authors made for backtracking",
    body(lambda: rss(item(more="<author>" + "a@b " * 50_000 + "</author>"), item(2))),
    outcome=("ok", "error"),
    entries=(0, 2),
    exits=(0, 1),
)
add(
    "references-100k",
    G,
    "100,000 character references out of range",
    body(lambda: rss(item(title="&#99999999999;" * 100_000), item(2))),
    **TWO,
)
add(
    "combining-marks",
    G,
    "a title of a letter and 100,000 accents",
    body(lambda: rss(item(title="a" + "\u0301" * 100_000), item(2))),
    **TWO,
)

G = "entities"
add(
    "laughs-attribute",
    G,
    "entities that expand within an attribute",
    replies(
        rss(
            item(more="<x a='&e9;'/>"),
            prolog="<!DOCTYPE r [<!ENTITY e0 'ha'>"
            + "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 10))
            + "]>",
        )
    ),
    outcome=("ok", "error"),
    entries=(0, 1),
    exits=(0, 1),
)
add(
    "entity-parameter",
    G,
    "a parameter entity that loads another file",
    body(lambda: rss(item(title="&x;"), prolog="<!DOCTYPE r [<!ENTITY % p SYSTEM 'http://127.0.0.1:{inner}/'> %p;]>")),
    outcome=("ok", "error"),
    entries=(0, 1),
    exits=(0, 1),
)
add(
    "entity-bait",
    G,
    "a file of this machine as an entity",
    replies(rss(item(title="&x;", guid="&x;"), prolog="<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///proc/self/environ'>]>")),
    outcome=("ok", "error"),
    entries=(0, 1),
    exits=(0, 1),
    environment={"SIEGE_BAIT": "bait-4711"},
    hides=("bait-4711",),
)
add(
    "entity-php",
    G,
    "a filter of another language as an entity",
    replies(
        rss(
            item(title="&x;"),
            prolog="<!DOCTYPE r [<!ENTITY x SYSTEM 'php://filter/read=convert.base64-encode/resource=/etc/passwd'>]>",
        )
    ),
    outcome=("ok", "error"),
    entries=(0, 1),
    exits=(0, 1),
)
add(
    "dtd-huge",
    G,
    "a document type of 5 MB",
    body(lambda: rss(item(), prolog="<!DOCTYPE r [" + "<!ELEMENT a ANY>" * 300_000 + "]>")),
    outcome=("ok", "error"),
    entries=(0, 1),
    exits=(0, 1),
)
add(
    "entity-loop",
    G,
    "an entity that names itself",
    replies(rss(item(title="&a;"), item(2), prolog="<!DOCTYPE r [<!ENTITY a '&b;'><!ENTITY b '&a;'>]>")),
    outcome=("ok", "error"),
    entries=(0, 2),
    exits=(0, 1),
)
add(
    "base-inside",
    G,
    "xml:base that leads to the inside: its pages are refused",
    body(
        lambda: rss(
            "<item xml:base='http://127.0.0.1:{inner}/'><title>Ferry</title><guid isPermaLink='false'>1</guid><link>/admin</link></item>"
        )
    ),
    **read(),
)
add(
    "base-javascript",
    G,
    "xml:base javascript:",
    replies(
        ATOM.replace("<feed", "<feed xml:base='javascript:alert(1)//'").format(ENTRY.format(1, "<link href='x'/>"))
    ),
    sql=(("SELECT count(*) FROM articles WHERE url LIKE 'javascript%'", 0),),
    **read(),
)

G = "dialect"
for name, text, count in (
    ("rss-091", "<rss version='0.91'><channel><title>t</title><item><title>Ferry</title><link>http://dialect.test/a/1</link></item></channel></rss>", 1),
    ("rss-092-no-title", "<rss version='0.92'><channel><title>t</title><item><description>Only words</description></item></channel></rss>", 1),
    ("rss-capitals", "<RSS VERSION='2.0'><CHANNEL><TITLE>t</TITLE><ITEM><TITLE>Ferry</TITLE><GUID>1</GUID></ITEM></CHANNEL></RSS>", 1),
    ("rss-no-channel", "<rss version='2.0'><item><title>Ferry</title><guid>1</guid></item></rss>", 1),
    ("rss-no-version", "<rss><channel><title>t</title><item><title>Ferry</title><guid>1</guid></item></channel></rss>", 1),
    ("rdf", "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'><channel rdf:about='c'><title>t</title></channel><item rdf:about='http://dialect.test/a/2'><title>Ferry</title><link>http://dialect.test/a/2</link></item></rdf:RDF>", 1),
    ("rss-090", "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://my.netscape.com/rdf/simple/0.9/'><channel><title>t</title></channel><item><title>Ferry</title><link>http://dialect.test/a/3</link></item></rdf:RDF>", 1),
    ("atom-03", "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><title>t</title><entry><id>1</id><title mode='escaped'>Ferry &amp;amp; harbour</title><modified>2026-11-23T10:00:00Z</modified></entry></feed>", 1),
    ("atom-xhtml", ATOM.format(ENTRY.format(1, "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>x<script>alert(1)</script></p></div></content>")), 1),
    ("atom-base64", ATOM.format(ENTRY.format(1, "<content type='application/octet-stream'>" + "QUJD" * 1000 + "</content>")), 1),
    ("atom-no-namespace", "<feed><title>t</title><entry><id>1</id><title>Ferry</title></entry></feed>", 1),
    ("atom-in-rss", f"<rss version='2.0' xmlns:a='http://www.w3.org/2005/Atom'><channel><title>t</title><item><title>Ferry</title><guid>1</guid><a:link href='http://x.test/1'/></item>{ENTRY.format(2, '').replace('<', '<a:').replace('<a:/', '</a:')}</channel></rss>", 1),
    ("cdf", "<CHANNEL HREF='http://x.test/'><TITLE>t</TITLE><ITEM HREF='http://x.test/1'><TITLE>Ferry</TITLE></ITEM></CHANNEL>", 1),
):  # fmt: skip
    add(f"dialect-{name}", G, f"{name.replace('-', ' ')} is read", replies(text, media="text/xml"), **read(count, 2))

JSON = "https://jsonfeed.org/version/1.1"


def json_case(name: str, note: str, make: Callable[[], str | bytes], **expected: Any) -> None:
    """A JSON Feed."""
    add(f"json-{name}", "json", note, body(make, media="application/feed+json"), **expected)


def feed_of(*items: Any, **more: Any) -> str:
    """A JSON Feed's text."""
    return json.dumps({"version": JSON, "title": "Harbour", "items": list(items)} | more)


ONE = {"id": "1", "title": "Ferry", "content_text": "sails"}
json_case("version-1", "version 1", lambda: feed_of(ONE, version="https://jsonfeed.org/version/1"), **read())
json_case("bom", "a byte order mark before it", lambda: "\ufeff" + feed_of(ONE), **read())
json_case(
    "utf16",
    "in UTF-16",
    lambda: feed_of(ONE).encode("utf-16"),
    **read(0, 1) | {"outcome": ("ok", "error"), "exits": (0, 1)},
)
json_case(
    "wrong-types",
    "numbers, lists and nulls where words should be: what can be read is read",
    lambda: feed_of(
        {"id": 7, "title": ["x"], "content_text": None, "tags": "a", "authors": {"name": 3}},
        ONE,
        None,
        [],
        "x",
        {"id": {}},
    ),
    **read(1, 3),
)
json_case(
    "huge-number",
    "an id of a million digits",
    lambda: f'{{"version":"{JSON}","items":[{{"id":{"9" * 1_000_000},"title":"a"}},{json.dumps(ONE)}]}}',
    **read(0, 2) | {"outcome": ("ok", "error"), "exits": (0, 1)},
)
json_case(
    "float-edge",
    "1e999 and NaN as dates and ids",
    lambda: f'{{"version":"{JSON}","items":[{{"id":NaN,"title":"Ferry a","date_published":1e999}},{json.dumps(ONE)}]}}',
    **read(1, 2),
)
json_case(
    "deep-object",
    "an extension 100,000 deep",
    lambda: f'{{"version":"{JSON}","items":[{json.dumps(ONE)}],"_x":' + '{"a":' * 100_000 + "1" + "}" * 100_001,
    **fails("not_a_feed", "killed", "crashed"),
)
json_case(
    "duplicate-keys",
    "one key 100,000 times",
    lambda: f'{{"version":"{JSON}","items":[{json.dumps(ONE)}]' + ',"title":"t"' * 100_000 + "}",
    **read(),
)
json_case(
    "cut",
    "cut within the second item: what is whole may be kept",
    lambda: feed_of(ONE, {"id": "2", "title": "Second"})[:-20],
    outcome=("ok", "error"),
    entries=(0, 1),
    exits=(0, 1),
)
json_case(
    "trailing-comma",
    "a comma too many",
    lambda: feed_of(ONE).replace("}]", "},]"),
    outcome=("ok", "error"),
    entries=(0, 1),
    exits=(0, 1),
)
json_case("list-root", "a list instead of an object", lambda: json.dumps([ONE]), **fails("not_a_feed"))
json_case("string-root", "a string", lambda: json.dumps("x" * MIB), **fails("not_a_feed"))
json_case(
    "html-title",
    "markup in a title is text",
    lambda: feed_of(ONE | {"title": "<img src=x onerror=alert(1)>"}),
    sql=(("SELECT count(*) FROM entries WHERE title LIKE '%<img%'", 0),),
    **read(),
)
json_case(
    "javascript-url",
    "javascript: as an address",
    lambda: feed_of(ONE | {"url": "javascript:alert(1)", "external_url": "data:text/html,x"}),
    sql=(("SELECT count(*) FROM articles WHERE url LIKE 'javascript%' OR url LIKE 'data:%'", 0),),
    **read(),
)
json_case(
    "items-50k",
    "50,000 items: 1,000 are taken",
    lambda: feed_of(*({"id": str(n), "title": f"Ferry {n}"} for n in range(50_000))),
    seconds=300,
    poll='timeout = "20s"\n',
    config="[extract]\nfetch_pages = false\n",
    **read(1000),
)
json_case(
    "next-inside",
    "next_url and hubs that lead inside are not followed",
    lambda: feed_of(
        ONE, next_url="http://127.0.0.1:{inner}/", hubs=[{"type": "WebSub", "url": "http://127.0.0.1:{inner}/"}]
    ),
    **read(),
)
