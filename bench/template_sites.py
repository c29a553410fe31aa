"""Sites that do not exist: twelve designs, sixty pages each, six languages, and redesigns in between; by seed.

Pages are as heavy as the development pages (174 kB, 780 elements on the average). What stands in an article's place and
is none of it (boxes, adverts, lists, credits) is in the designs as publishers' systems write it, and never in the gold
text, save what stands in a plain paragraph of its own, which no reader of a single page could tell.
"""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bench.corpora import ROOT

TEXTS = ROOT / "bench" / "template_texts.toml"
PAGES = 60
REDESIGN_AT = 24  # the first page of the new design, counted from nought
_SCRIPT_CHARS = 120_000
_STYLE_CHARS = 25_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What a page tells."""

    number: int
    language: str
    title: str
    lead: str
    blocks: tuple[tuple[str, str], ...]  # p, h2 or li, and its text
    author: str
    at: datetime
    box: tuple[str, ...]  # what the site says under every article
    others: tuple[str, ...]  # titles of other stories

    @property
    def gold(self) -> str:
        """The article's own text."""
        return "\n".join(text for _, text in self.blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePage:
    """One page of a site, in the order in which it was published."""

    site: str
    number: int
    url: str
    html: str
    gold: str
    title: str
    is_redesigned: bool


Build = Callable[[Story, str, random.Random], str]


def _p(text: str, name: str = "") -> str:
    return f'<p class="{name}">{text}</p>' if name else f"<p>{text}</p>"


def _block(kind: str, text: str, name: str = "") -> str:
    if kind == "li":
        return f"<ul><li>{text}</li></ul>"
    return _p(text, name) if kind == "p" else f"<h2>{text}</h2>"


def _links(story: Story, count: int, tag: str = "li") -> str:
    return "".join(f'<{tag}><a href="/n/{i}">{title}</a></{tag}>' for i, title in enumerate(story.others[:count]))


def _spread(blocks: list[str], rng: random.Random, *boxes: str) -> str:
    """Blocks with boxes between them, never before the first."""
    for box in boxes:
        blocks.insert(rng.randint(1, len(blocks)), box)
    return "\n".join(blocks)


def _byline(story: Story, pre: str) -> str:
    stamp = story.at.isoformat()
    return (
        f'<div class="{pre}-meta"><span class="{pre}-byline byline">{story.author}</span> '
        f'<time datetime="{stamp}">{stamp[:10]}</time></div>'
    )


def classes(story: Story, pre: str, rng: random.Random) -> str:
    boxes = (
        f'<div class="{pre}-ad-slot" id="ad-{rng.randint(1000, 9999)}"><span>advertisement</span></div>',
        f'<div class="{pre}-signup"><h3>Newsletter</h3><p>{story.box[0]}</p></div>',
        f'<div class="{pre}-related"><h4>+</h4><ul>{_links(story, 4)}</ul></div>',
    )
    body = _spread([_block(kind, text) for kind, text in story.blocks], rng, *boxes)
    return f'<div class="{pre}-head"><h1>{story.title}</h1>{_byline(story, pre)}</div><div class="{pre}-article-body {pre}-rich">{body}</div>'


def nested(story: Story, pre: str, rng: random.Random) -> str:
    inner = "".join(
        f'<article class="{pre}-promo"><h3><a href="/x">{title}</a></h3><p>{title}. {story.box[2]}</p></article>'
        for title in story.others[:2]
    )
    body = _spread([_block(kind, text) for kind, text in story.blocks], rng, inner)
    return (
        f'<main><article class="{pre}-story"><header><h1>{story.title}</h1>{_byline(story, pre)}</header>'
        f'<div class="{pre}-story__content"><section>{body}</section></div></article></main>'
    )


def tables(story: Story, pre: str, rng: random.Random) -> str:
    left = "<br>".join(f'<a href="/n/{i}">{title}</a>' for i, title in enumerate(story.others[:12]))
    body = "".join(_block(kind, text) for kind, text in story.blocks)
    return (
        f'<table width="980" border="0"><tr><td width="170" valign="top" bgcolor="#eeeeee">{left}</td>'
        f'<td width="560" valign="top"><h1>{story.title}</h1><font size="2">{story.author}, {story.at:%Y-%m-%d %H:%M}</font>'
        f'{body}<hr><font size="1">{story.box[1]}</font></td><td width="240" valign="top">{_links(story, 8, "p")}</td></tr></table>'
    )


def divisions(story: Story, pre: str, rng: random.Random) -> str:
    blocks = [f'<div class="{pre}-par">{text}</div>' for _, text in story.blocks]
    body = _spread(
        blocks, rng, f'<div class="{pre}-teaserbox"><div>{story.box[2]}</div>{_links(story, 3, "div")}</div>'
    )
    return f'<div class="{pre}-main"><h1 class="{pre}-h">{story.title}</h1>{_byline(story, pre)}<div class="{pre}-text">{body}</div></div>'


def hashed(story: Story, pre: str, rng: random.Random) -> str:
    blocks = [_block(kind, text, f"{pre}-1a2b3c e1") for kind, text in story.blocks]
    boxes = [_p(story.box[0], f"{pre}-1a2b3c e1")] if rng.random() < 0.6 else []
    body = _spread(blocks, rng, *boxes, f'<div class="{pre}-9z8y7x"><a href="/live">{story.others[0]}</a></div>')
    return f'<div class="{pre}-0q1w2e"><h1 class="{pre}-5t6g7h">{story.title}</h1>{_byline(story, pre)}<section class="{pre}-4r5t6y" name="articleBody">{body}</section></div>'


def bare(story: Story, pre: str, rng: random.Random) -> str:
    blocks = [_block(kind, text) for kind, text in story.blocks]
    blocks.append(_p(f"<strong>{story.box[3]}</strong>"))
    return f"<article><h1>{story.title}</h1><p><em>{story.author}</em></p>{''.join(blocks)}</article>"


def microdata(story: Story, pre: str, rng: random.Random) -> str:
    quote = f"<blockquote><p>{story.blocks[-1][1]}</p></blockquote>"
    blocks = [_block(kind, text) for kind, text in story.blocks[:-1]] + [quote]
    figure = f'<figure><img src="/p.jpg" alt=""><figcaption>{story.others[1]}</figcaption></figure>'
    return (
        f'<div itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">{story.title}</h1>'
        f'<span itemprop="author">{story.author}</span><meta itemprop="datePublished" content="{story.at.isoformat()}">'
        f'<div itemprop="articleBody">{_spread(blocks, rng, figure)}</div></div>'
    )


def weblog(story: Story, pre: str, rng: random.Random) -> str:
    body = "".join(_block(kind, text) for kind, text in story.blocks)
    return (
        f'<article id="post-{story.number + 20417}" class="post-{story.number + 20417} post type-post {pre}-hentry">'
        f'<header class="entry-header"><h1 class="entry-title">{story.title}</h1>{_byline(story, pre)}</header>'
        f'<div class="entry-content">{body}<div class="sharedaddy"><h3>Share</h3><ul>{_links(story, 3)}</ul></div>'
        f'<div id="jp-relatedposts" class="jp-relatedposts"><h3>+</h3>{_links(story, 3, "p")}</div>'
        f'<p class="{pre}-bio">{story.author} {story.box[1]}</p></div></article>'
    )


def standfirst(story: Story, pre: str, rng: random.Random) -> str:
    boxes = (f'<ul class="{pre}-more">{_links(story, 3)}</ul>', f'<div class="{pre}-ad"></div>')
    body = _spread([_block(kind, text, f"{pre}-p" if kind == "p" else "") for kind, text in story.blocks], rng, *boxes)
    return (
        f'<div class="{pre}-article"><div class="{pre}-kicker">{story.others[2][:18]}</div><h1>{story.title}</h1>'
        f'{_byline(story, pre)}<div class="{pre}-body">{body}</div><div class="{pre}-credits">{story.box[1]}</div></div>'
    )


def broken(story: Story, pre: str, rng: random.Random) -> str:
    body = "<br><br>\n".join(text for _, text in story.blocks)
    return (
        f'<div id="{pre}-page"><h1>{story.title}</h1>{_byline(story, pre)}<div id="{pre}-text">{body}<br><br>'
        f'<div class="{pre}-foot">{story.box[1]}</div></div></div>'
    )


def chunks(story: Story, pre: str, rng: random.Random) -> str:
    parts = [f'<div class="{pre}-chunk {pre}-chunk--text">{_block(kind, text)}</div>' for kind, text in story.blocks]
    boxes = (
        f'<div class="{pre}-chunk {pre}-chunk--promo"><p>{story.box[3]}</p></div>',
        f'<div class="{pre}-chunk {pre}-chunk--list"><ul>{_links(story, 3)}</ul></div>',
    )
    return f'<div class="{pre}-grid"><h1>{story.title}</h1>{_byline(story, pre)}<div class="{pre}-chunks">{_spread(parts, rng, *boxes)}</div></div>'


def portal(story: Story, pre: str, rng: random.Random) -> str:
    blocks = [_block(kind, text) for kind, text in story.blocks]
    box = f'<div class="{pre}-inline"><p><a href="/a">{story.others[3]}</a></p><p>{story.box[2]}</p></div>'
    lists = f'<div class="{pre}-under"><h3>+</h3>{_links(story, 10, "div")}</div>'
    return (
        f'<div id="content" class="{pre}-c"><div class="{pre}-col"><h1>{story.title}</h1>{_byline(story, pre)}'
        f'<div class="{pre}-article-text" data-component="text">{_spread(blocks, rng, box)}</div>{lists}</div></div>'
    )


def halved(story: Story, pre: str, rng: random.Random) -> str:
    """The design `classes` with the second half of each text in another place, which no template of it knows."""
    middle = len(story.blocks) // 2
    first = classes(replace(story, blocks=story.blocks[:middle]), pre, rng)
    rest = "".join(_block(kind, text) for kind, text in story.blocks[middle:])
    return f'{first}<div class="{pre}-continued">{rest}</div>'


def swapped(story: Story, pre: str, rng: random.Random) -> str:
    """The design `classes` with its article's name on a box of teasers, and the article under another."""
    box = "".join(
        _p(f'<a href="/n/{i}">{title}</a> {story.box[i % 4][:20]}') for i, title in enumerate(story.others[:8])
    )
    body = "".join(_block(kind, text) for kind, text in story.blocks)
    return (
        f'<div class="{pre}-head"><h1>{story.title}</h1>{_byline(story, pre)}</div>'
        f'<div class="{pre}-prose">{body}</div><div class="{pre}-article-body {pre}-rich">{box}</div>'
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A site: what its pages are built by, its language, and what they are built by from its redesign on."""

    name: str
    build: Build
    language: str
    then: Build | None = None
    renamed: bool = False  # the redesign gives the elements other names


DESIGNS = (
    Design(name="classes", build=classes, language="en"),
    Design(name="classes-halved", build=classes, language="de", then=halved),
    Design(name="classes-swapped", build=classes, language="en", then=swapped),
    Design(name="nested", build=nested, language="fr", then=chunks, renamed=True),
    Design(name="tables", build=tables, language="en", then=standfirst, renamed=True),
    Design(name="divisions", build=divisions, language="es"),
    Design(name="hashed", build=hashed, language="en", then=divisions, renamed=True),
    Design(name="bare", build=bare, language="de"),
    Design(name="microdata", build=microdata, language="ru", then=nested, renamed=True),
    Design(name="weblog", build=weblog, language="en"),
    Design(name="standfirst", build=standfirst, language="ja"),
    Design(name="broken", build=broken, language="en", then=portal, renamed=True),
    Design(name="chunks", build=chunks, language="fr"),
    Design(name="portal", build=portal, language="es", then=divisions, renamed=True),
)


def pages(design: Design, *, seed: int = 1, count: int = PAGES, weight: float = 1.0) -> Iterator[SitePage]:
    """A site's pages in order. weight: how much stands around an article, beside what does on development pages."""
    rng = random.Random(f"{seed}:{design.name}")
    words = tomllib.loads(TEXTS.read_text(encoding="utf-8"))[design.language]
    frame = _Frame(rng, design.name, weight)
    for number in range(count):
        story = _story(rng, words, design.language, number)
        is_new = design.then is not None and number >= REDESIGN_AT
        build = design.then if is_new and design.then is not None else design.build
        prefix = f"{design.name[:2]}{'n' if is_new and design.renamed else ''}"
        url = f"https://{design.name}.example/news/{number}"
        html = frame.page(story, build(story, prefix, rng), url, rng)
        yield SitePage(
            site=design.name,
            number=number,
            url=url,
            html=html,
            gold=story.gold,
            title=story.title,
            is_redesigned=is_new,
        )


def _story(rng: random.Random, words: dict[str, list[str]], language: str, number: int) -> Story:
    glue, stop = ("、", "。") if language == "ja" else (" ", ".")

    def sentence() -> str:
        said = f"{rng.choice(words['who'])}{'' if language == 'ja' else ' '}{rng.choice(words['did'])}{glue}{rng.choice(words['why'])}{stop}"
        return said.replace("{n}", str(rng.randint(3, 98))).replace("{d}", str(rng.randint(99, 400)))

    def paragraph() -> str:
        said = [sentence() for _ in range(rng.randint(1, 4))]
        if rng.random() < 0.3:
            quote = rng.choice(words["quotes"]).replace("{who2}", rng.choice(words["people"]))
            said.append(quote.replace("{n}", str(rng.randint(3, 60))))
        return ("" if language == "ja" else " ").join(said)

    blocks: list[tuple[str, str]] = []
    for i in range(rng.randint(9, 20)):
        if i and i % 6 == 0:
            blocks.append(("h2", rng.choice(words["heads"])))
        blocks.append(("li" if rng.random() < 0.05 else "p", paragraph()))
    return Story(
        number=number,
        language=language,
        title=sentence().rstrip(".。"),
        lead=blocks[0][1],
        blocks=tuple(blocks),
        author=rng.choice(words["people"]),
        at=datetime(2026, 3, 1, 5, 0, tzinfo=UTC) + timedelta(minutes=rng.randint(1, 300) + 400 * number),
        box=tuple(words["box"]),
        others=tuple(sentence().rstrip(".。") for _ in range(90)),
    )


class _Frame:
    """What stands around every article of a site."""

    def __init__(self, rng: random.Random, name: str, weight: float) -> None:
        self._name = name
        self._teasers = int(weight * 80)
        self._has_data = rng.random() < 0.6
        self._style = "".join(
            f".c{i}{{margin:{rng.randint(0, 40)}px;color:#{rng.randint(0, 0xFFFFFF):06x}}}"
            for i in range(int(weight * _STYLE_CHARS) // 35)
        )
        self._script = "".join(
            f'w["k{i}"]=f({rng.random():.12f},"{rng.getrandbits(64):x}");'
            for i in range(int(weight * _SCRIPT_CHARS) // 52)
        )
        self._sections = [f"{rng.getrandbits(24):x}" for _ in range(int(weight * 70))]

    def page(self, story: Story, article: str, url: str, rng: random.Random) -> str:
        """The whole page."""
        nav = "".join(
            f'<li class="nav__item"><a class="nav__link" href="/s/{one}">{one}</a></li>' for one in self._sections
        )
        teasers = "".join(
            f'<div class="teaser"><a href="/n/{i}"><img src="/i/{i}.jpg" alt=""><h3>{title}</h3></a><span class="t">{i} min</span></div>'
            for i, title in enumerate(story.others[4 : 4 + self._teasers])
        )
        footer = "".join(f'<li><a href="/f/{one}">{one}</a></li>' for one in self._sections)
        return (
            f'<!doctype html><html lang="{story.language}"><head><meta charset="utf-8"><title>{story.title} | {self._name}</title>'
            f"{self._metas(story, url)}{self._data(story, url)}<style>{self._style}</style><script>{self._script}</script></head>"
            f'<body class="{self._name}"><div class="top"><a href="/">{self._name}</a></div><nav><ul class="nav">{nav}</ul></nav>'
            f'<div class="page"><div class="content">{article}</div><div class="rail">{teasers}</div></div>'
            f"<footer><ul>{footer}</ul><p>© {self._name} {rng.randint(2000, 2026)}</p></footer><script>run({rng.random()});</script></body></html>"
        )

    def _metas(self, story: Story, url: str) -> str:
        told = {
            "og:title": story.title,
            "og:url": url,
            "og:site_name": self._name,
            "og:description": story.lead[:150],
            "article:published_time": story.at.isoformat(),
            **{f"twitter:x{i}": f"v{i}" for i in range(12)},
        }
        links = "".join(f'<link rel="preload" href="/a{i}.js">' for i in range(20))
        return "".join(f'<meta property="{name}" content="{value}">' for name, value in told.items()) + links

    def _data(self, story: Story, url: str) -> str:
        if not self._has_data:
            return ""
        node = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": story.title,
            "datePublished": story.at.isoformat(),
            "author": {"@type": "Person", "name": story.author},
            "mainEntityOfPage": url,
        }
        return f'<script type="application/ld+json">{json.dumps(node, ensure_ascii=False)}</script>'
