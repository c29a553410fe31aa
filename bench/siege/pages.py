"""Cases of article pages: the feed is honest, and the page behind its item is not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from bench.siege.case import MIB, add, item, read, rss
from bench.siege.transport import bomb

G = "page"
WORDS = (
    "The ferry Lady Almary resumed its crossing on Monday after two days in port, the harbour master said. "
    "Some three hundred passengers had spent the second night in the gymnasium of the island school. "
    "The operator promised to refund every ticket that was sold for Saturday and Sunday. "
    "A crack in the outer breakwater is to be inspected by divers when the swell has gone down. "
)
STORY = f"<h1>Ferry sails again</h1><p>{WORDS}</p><p>{WORDS.replace('ferry', 'ship')}</p>"


def page(
    body: bytes | str | Callable[[], bytes | str],
    *,
    media: str = "text/html; charset=utf-8",
    status: str = "200 OK",
    **fields: str,
) -> Any:
    """A feed with one item, and the page that it names. {inner} in it is the port that nobody may reach."""

    async def play(x: Any) -> None:
        if not x.target.startswith("/a"):
            return await x.reply(rss(item(link=f"http://{x.host}/a")))
        made = body() if callable(body) else body
        if isinstance(made, str):
            made = made.replace("{inner}", str(x.inner))
        return await x.reply(
            made, status, media=media, fields={name.replace("_", "-"): value for name, value in fields.items()}
        )

    return play


def bad_page(name: str, note: str, play: Any, *, status: str = "summary", reason: str = "", **more: Any) -> None:
    """A page that gives no article: the summary stands in, and the reason is one of these words."""
    words = reason.split()
    asks: list[tuple[str, Any]] = [("SELECT status FROM articles", status)]
    if words:
        asks.append((f"SELECT reason IN ({', '.join(repr(word) for word in words)}) FROM articles", 1))
    add(f"page-{name}", G, note, play, **({"sql": tuple(asks), "requests": 8} | read() | more))


def good_page(name: str, note: str, play: Any, **more: Any) -> None:
    """A page whose article is read all the same, and nothing but the article."""
    asks = (
        ("SELECT status FROM articles", "extracted"),
        ("SELECT text LIKE '%Lady Almary%' FROM articles", 1),
        *more.pop("sql", ()),
    )
    add(f"page-{name}", G, note, play, **({"sql": asks, "requests": 8} | read() | more))


async def endless(x: Any) -> None:
    """A page that never ends."""
    if not x.target.startswith("/a"):
        return await x.reply(rss(item(link=f"http://{x.host}/a")))
    await x.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body>")
    while True:
        await x.send(b"<p>more of it</p>" * 4000)


async def dripping(x: Any) -> None:
    """A page of a byte a second."""
    if not x.target.startswith("/a"):
        return await x.reply(rss(item(link=f"http://{x.host}/a")))
    await x.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body>")
    while True:
        await x.send(b"x")
        await asyncio.sleep(0.5)


def robots(answer: Callable[[Any], Any]) -> Any:
    """A feed with an item, whose site answers /robots.txt so."""

    async def play(x: Any) -> None:
        if x.target == "/robots.txt":
            return await answer(x)
        if not x.target.startswith("/a"):
            return await x.reply(rss(item(link=f"http://{x.host}/a")))
        return await x.reply(f"<html><body>{STORY}</body></html>", media="text/html")

    return play


good_page(
    "script-words",
    "scripts whose strings look like text",
    page(f"<html><body>{STORY}<script>document.write('<p>SECRET {WORDS}</p>')</script></body></html>"),
    sql=(("SELECT instr(text, 'SECRET') FROM articles", 0),),
)
good_page(
    "style-words",
    "words in styles, templates and comments are no text",
    page(
        f"<html><body><!-- HIDDEN --><style>.x{{content:'HIDDEN'}}</style><template>HIDDEN</template>{STORY}</body></html>"
    ),
    sql=(("SELECT instr(text, 'HIDDEN') FROM articles", 0),),
)
good_page(
    "base-inside",
    "<base> that leads inside",
    page(f"<html><head><base href='http://127.0.0.1:{{inner}}/'></head><body>{STORY}<img src='x.png'></body></html>"),
)
good_page(
    "canonical-elsewhere",
    "a canonical address of another site is a claim and nothing more",
    page(f"<html><head><link rel=canonical href='http://other.test/stolen'></head><body>{STORY}</body></html>"),
    sql=(("SELECT instr(url, 'other.test') FROM articles", 0),),
)
good_page(
    "canonical-javascript",
    "a canonical javascript: address",
    page(f"<html><head><link rel=canonical href='javascript:alert(1)'></head><body>{STORY}</body></html>"),
    sql=(("SELECT canonical_url IS NULL OR canonical_url NOT LIKE 'javascript%' FROM articles", 1),),
)
good_page(
    "images-inside",
    "images, styles and frames are not fetched",
    page(
        f"<html><head><link rel=stylesheet href='http://127.0.0.1:{{inner}}/x.css'></head><body>{STORY}<img src='http://127.0.0.1:{{inner}}/x.png'><iframe src='http://127.0.0.1:{{inner}}/'></iframe></body></html>"
    ),
)
good_page(
    "jsonld-bomb",
    "JSON-LD 100,000 deep beside the article",
    page(
        lambda: (
            f"<html><head><script type='application/ld+json'>{'[' * 100_000}</script></head><body>{STORY}</body></html>"
        )
    ),
)
good_page(
    "jsonld-wide",
    "200,000 JSON-LD graphs",
    page(
        lambda: (
            f"<html><head><script type='application/ld+json'>[{','.join(['{}'] * 200_000)}]</script></head><body>{STORY}</body></html>"
        )
    ),
)
good_page(
    "jsonld-loop",
    "a graph whose nodes name each other",
    page(
        f'<html><head><script type=\'application/ld+json\'>{{"@graph":[{{"@id":"a","mainEntity":{{"@id":"b"}}}},{{"@id":"b","mainEntity":{{"@id":"a"}}}}]}}</script></head><body>{STORY}</body></html>'
    ),
)
good_page(
    "jsonld-types",
    "JSON-LD with numbers where words should be",
    page(
        f'<html><head><script type=\'application/ld+json\'>{{"@type":[1,null],"headline":{{"a":1}},"author":[[[]]],"articleBody":7,"datePublished":1e999}}</script></head><body>{STORY}</body></html>'
    ),
)
good_page(
    "charset-lie",
    "UTF-8 that says UTF-16",
    page(f"<html><body>{STORY}</body></html>", media="text/html; charset=utf-16"),
)
good_page(
    "charset-codec",
    "a codec that is no charset",
    page(
        f"<html><head><meta charset=hex_codec></head><body>{STORY}</body></html>", media="text/html; charset=bz2_codec"
    ),
)
good_page("nul", "a NUL between all words", page(f"<html><body>{STORY.replace(' ', ' ' + chr(0))}</body></html>"))
good_page(
    "meta-flood",
    "50,000 meta elements",
    page(
        lambda: (
            "<html><head>" + "<meta property='og:title' content='x'>" * 50_000 + f"</head><body>{STORY}</body></html>"
        )
    ),
)
good_page(
    "title-1mb",
    "a title element of 1 MB",
    page(lambda: f"<html><head><title>{'ferry ' * 170_000}</title></head><body>{STORY}</body></html>"),
    sql=(("SELECT max(length(title)) <= 2000 FROM articles", 1),),
)
good_page(
    "author-flood",
    "10,000 authors",
    page(
        lambda: (
            "<html><head>"
            + "".join(f"<meta name=author content='Ann {n}'>" for n in range(10_000))
            + f"</head><body>{STORY}</body></html>"
        )
    ),
    sql=(("SELECT length(byline) < 20000 FROM articles", 1),),
)
good_page(
    "noscript-refresh",
    "a refresh in noscript to the inside",
    page(
        f"<html><head><noscript><meta http-equiv=refresh content='0;url=http://127.0.0.1:{{inner}}/'></noscript></head><body>{STORY}</body></html>"
    ),
)
good_page(
    "headers-flood",
    "200 cookies and links to preload",
    page(f"<html><body>{STORY}</body></html>", **{f"Link_{n}": "<http://127.0.0.1/>; rel=preload" for n in range(200)}),
)
good_page(
    "markup-text",
    "text that spells markup stays text",
    page(
        f"<html><body>{STORY}<p>&lt;script&gt;alert(1)&lt;/script&gt; was what the ferry's sign said, and nobody knew why it did.</p></body></html>"
    ),
)

bad_page(
    "refresh-inside",
    "a refresh to the inside and no words",
    page("<html><head><meta http-equiv=refresh content='0;url=http://127.0.0.1:{inner}/'></head><body></body></html>"),
)
bad_page(
    "onward-inside",
    "a stub that leads on to the inside",
    page(
        "<html><body><p>Ferry sails again.</p><a href='http://127.0.0.1:{inner}/full'>Continue reading the full article</a></body></html>"
    ),
)
bad_page(
    "redirect-inside",
    "a redirect to the inside",
    page("", status="302 Found", Location="http://10.0.0.1/"),
    reason="address",
)
bad_page(
    "redirect-file",
    "a redirect to a file",
    page("", status="302 Found", Location="file:///etc/passwd"),
    reason="scheme",
)
bad_page(
    "redirect-name-inside",
    "a redirect to a name of the inside",
    page("", status="302 Found", Location="http://inside.test/"),
    reason="address",
)
bad_page(
    "bomb",
    "256 MiB of blanks in a gzip",
    page(bomb, Content_Encoding="gzip"),
    reason="too_large",
    growth_mb=60,
)
bad_page("endless", "a page that never ends", endless, reason="too_large")
bad_page("drip", "a page of a byte a second", dripping, reason="timeout")
bad_page("deep-spans", "500,000 nested spans", page(lambda: "<html><body>" + "<span>" * 500_000 + "x"))
bad_page("deep-tables", "50,000 nested tables", page(lambda: "<html><body>" + "<table><tr><td>" * 50_000 + "x"))
bad_page("deep-lists", "100,000 nested lists", page(lambda: "<html><body>" + "<ul><li>" * 100_000 + "x"))
bad_page(
    "formatting", "200,000 formatting elements that cross", page(lambda: "<html><body>" + "<b><i><a href=x>" * 70_000)
)
bad_page(
    "attributes",
    "an element with 300,000 attributes",
    page(lambda: "<html><body><p " + " ".join(f"a{n}=1" for n in range(300_000)) + ">x</p>"),
)
bad_page("attribute-4mb", "an attribute of 4 MB", page(lambda: f"<html><body><a href='{'x' * (4 * MIB)}'>y</a>"))
bad_page("forms", "200,000 form fields", page(lambda: "<html><body><form>" + "<input name=a value=b>" * 200_000))
bad_page("entities", "two million entities", page(lambda: "<html><body>" + "&amp;" * 900_000))
bad_page("selects", "100,000 options", page(lambda: "<html><body><select>" + "<option>x" * 100_000))
bad_page("one-word-4mb", "one word of 4 MB", page(lambda: "<html><body><p>" + "a" * (4 * MIB) + "</p>"))
bad_page("pdf-as-html", "a PDF that says HTML", page(b"%PDF-1.7\n" + bytes(range(256)) * 4000, media="text/html"))
bad_page(
    "xml-laughs",
    "XHTML with entities upon entities",
    page(
        "<!DOCTYPE html [<!ENTITY a0 'ha'>"
        + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
        + "]><html><body><p>&a9;</p></body></html>",
        media="application/xhtml+xml",
    ),
)
bad_page(
    "xml-bait",
    "XHTML with a file of this machine as an entity",
    page(
        "<!DOCTYPE html [<!ENTITY x SYSTEM 'file:///proc/self/environ'>]><html><body><p>&x;</p></body></html>",
        media="application/xhtml+xml",
    ),
    environment={"SIEGE_BAIT": "bait-4712"},
    hides=("bait-4712",),
)
bad_page(
    "consent",
    "a consent wall",
    page(
        "<html><body><h1>Before you continue</h1><p>"
        + "We and our 842 partners store and access information on a device, such as cookies, and process personal data to "
        "personalise content and ads. With your consent we may use precise geolocation data. You can withdraw your consent "
        "at any time. By clicking accept all you agree to our privacy policy and cookie policy. Manage your preferences. "
        + "</p><button>Accept all</button></body></html>"
    ),
    reason="consent",
)
bad_page(
    "challenge",
    "a gate for machines",
    page(
        "<html><head><title>Just a moment...</title></head><body>Checking your browser before accessing. Enable JavaScript and cookies to continue.</body></html>",
        status="403 Forbidden",
    ),
)
bad_page("json", "JSON instead of a page", page('{"title": "x"}', media="application/json"))
bad_page("not-modified", "a 304 that nobody asked for", page("", status="304 Not Modified"), reason="http_other")
bad_page("partial", "a 206 that nobody asked for", page(STORY, status="206 Partial Content"), reason="http_other")


async def _robots_inside(x: Any) -> None:
    await x.reply("", "302 Found", fields={"Location": f"http://127.0.0.1:{x.inner}/"}, media="")


async def _robots_endless(x: Any) -> None:
    await x.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
    while True:
        await x.send(b"User-agent: *\nDisallow: /nowhere\n" * 2000)


async def _robots_delay(x: Any) -> None:
    await x.reply("User-agent: *\nCrawl-delay: 1e300\nAllow: /\n", media="text/plain")


async def _robots_patterns(x: Any) -> None:
    await x.reply("User-agent: *\nDisallow: /" + "*a" * 20_000 + "$\n", media="text/plain")


bad_page(
    "robots-inside",
    "robots.txt leads to the inside",
    robots(_robots_inside),
    sql=(("SELECT status IN ('pending', 'extracted') FROM articles", 1),),
)
add("page-robots-endless", G, "robots.txt without end", robots(_robots_endless), requests=8, **read())
add("page-robots-delay", G, "a delay of 1e300 seconds between pages", robots(_robots_delay), requests=8, **read())
add("page-robots-patterns", G, "a pattern made for backtracking", robots(_robots_patterns), requests=8, **read())


async def _robots_sitemaps(x: Any) -> None:
    inside = (
        f"Sitemap: http://127.0.0.1:{x.inner}/s.xml\nSitemap: http://inside.test/s.xml\nSitemap: file:///etc/passwd\n"
    )
    await x.reply("User-agent: *\nAllow: /\n" + inside, media="text/plain")


add(
    "page-robots-sitemaps",
    G,
    "sitemaps that lead inside are not fetched",
    robots(_robots_sitemaps),
    poll="coverage = true\n",
    requests=10,
    **read(),
)
