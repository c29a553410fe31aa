"""Pages that hold no article, in ten kinds, eight languages and three builds: how many are refused by their name.

    python -m bench.refusals [--pages DIR] [--list]

Beside them articles that look like them (with a film, with pictures, with a list of others, about cookies), in the same
languages and builds, and the development pages in DIR: none of those may be refused. --list names each page that is
taken for something else.
"""

from __future__ import annotations

import argparse
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.corpora import ROOT
from bench.extract import PAGES, labelled
from ingest.errors import ExtractError, Reason
from ingest.extract.article import extract
from ingest.model import Page

TEXTS = ROOT / "bench" / "refusal_texts.toml"
Words = dict[str, list[str]]
BUILDS = ("classes", "plain", "cards")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One page, and the reason it is to be refused with; None for an article."""

    name: str
    reason: Reason | None
    url: str
    html: str


def cases() -> Iterator[Case]:
    """The whole set, the same at each call."""
    languages = tomllib.loads(TEXTS.read_text(encoding="utf-8"))
    for language, texts in languages.items():
        for build in BUILDS:
            for kind, (reason, write) in KINDS.items():
                address, head, body = write(texts, build)
                url = f"https://www.kai-{language}.example{address}"
                page = _page(language, build, texts, head, body)
                yield Case(name=f"{kind} {language} {build}", reason=reason, url=url, html=page)


def named(case: Case) -> Reason | None:
    """The reason that extraction gives for a page; None where it takes it for an article."""
    try:
        extract(Page(url=case.url, body=case.html.encode(), content_type="text/html; charset=utf-8"))
    except ExtractError as exc:
        return exc.reason
    return None


def _page(language: str, build: str, texts: Words, head: str, body: str) -> str:
    links = "".join(f"<li><a href=/{i}/>{word}</a></li>" for i, word in enumerate(texts["sections"]))
    menu = f"<nav><ul>{links}</ul></nav>" if build != "plain" else f"<div id=top><ul>{links}</ul></div>"
    foot = f"<p>© 2025 {texts['site'][0]}</p>"
    foot = f"<footer>{foot}</footer>" if build != "plain" else f"<div class=bottom>{foot}</div>"
    scripts = "<script src=/app.js></script><script>window.kai={};</script>" if build == "cards" else ""
    return (
        f"<!doctype html><html lang={language}><head><meta charset=utf-8>{head}{scripts}</head>"
        f"<body>{menu}{body}{foot}</body></html>"
    )


def _title(texts: Words, title: str) -> str:
    return f"<title>{title} | {texts['site'][0]}</title>"


def _main(build: str, inner: str) -> str:
    return {
        "classes": f"<main><article class='story'><div class='story-body'>{inner}</div></article></main>",
        "plain": f"<div id=content><div>{inner}</div></div>",
        "cards": f"<div class='layout'><section class='card card--main'>{inner}</section></div>",
    }[build]


def _prose(lines: list[str]) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def _consent(texts: Words, build: str) -> tuple[str, str, str]:
    ask = texts["consent"]
    box = f"<h2>{ask[0]}</h2>{_prose(ask[1:-2])}<button>{ask[-2]}</button><button>{ask[-1]}</button>"
    whole = {"classes": f"<div role=dialog class='cmp-wall'>{box}</div>", "plain": f"<div>{box}</div>"}
    return "/a/2025/03/04/1", _title(texts, ask[0]), whole.get(build, _main(build, box))


def _paywall(texts: Words, build: str) -> tuple[str, str, str]:
    wall = "".join(f"<p>{line}</p>" for line in texts["paywall"])
    wall = {"classes": f"<div class=offer>{wall}</div>", "plain": wall, "cards": f"<section>{wall}</section>"}[build]
    inner = f"<h1>{texts['headlines'][0]}</h1>{_prose(texts['prose'][:1])}{wall}"
    return "/a/2025/03/04/2", _title(texts, texts["headlines"][0]), _main(build, inner)


def _shell(texts: Words, build: str) -> tuple[str, str, str]:
    root = "<div id=root></div>" if build != "plain" else "<div class=app><div class=spinner></div></div>"
    note = f"<noscript>{texts['shell'][0]}</noscript>" if build != "cards" else ""
    return "/a/2025/03/04/3", f"<title>{texts['site'][0]}</title><script src=/main.js></script>", f"{note}{root}"


def _error_page(texts: Words, build: str) -> tuple[str, str, str]:
    title, line = texts["error_page"]
    heading = f"<h1>404</h1><h2>{title}</h2>" if build == "classes" else f"<h1>{title}</h1>"
    links = "".join(f"<li><a href=/a/{i}>{line}</a></li>" for i, line in enumerate(texts["headlines"][:3]))
    return "/a/2025/03/04/4", _title(texts, title), _main(build, f"{heading}<p>{line}</p><ul>{links}</ul>")


def _blocked(texts: Words, build: str) -> tuple[str, str, str]:
    title, *lines = texts["blocked"]
    box = f"<h1>{title}</h1>{_prose(lines)}<div class=challenge></div><p>Ray ID: 8a31f0c2</p>"
    return "/a/2025/03/04/5", f"<title>{title}</title>", box if build == "plain" else _main(build, box)


def _gallery(texts: Words, build: str) -> tuple[str, str, str]:
    title = f"{texts['gallery'][0]} {texts['headlines'][1]}"
    captions = [*texts["headlines"], *texts["headlines"]]
    if build == "cards":
        shown = "".join(f"<div class=slide><img src=/{i}.jpg><p>{line}.</p></div>" for i, line in enumerate(captions))
    else:
        shown = "".join(
            f"<figure><img src=/{i}.jpg><figcaption>{line}</figcaption></figure>" for i, line in enumerate(captions)
        )
    path = "/gallery/2025/6" if build == "cards" else "/a/2025/03/04/6"
    inner = f"<h1>{title}</h1><p>{texts['headlines'][2]}.</p>{shown}"
    return path, _title(texts, title), _main(build, inner)


def _video(texts: Words, build: str) -> tuple[str, str, str]:
    title = f"{texts['video'][0]}: {texts['headlines'][2]}"
    player = {
        "classes": "<video controls src=/v.mp4></video>",
        "plain": "<iframe src=https://www.youtube.com/embed/x></iframe>",
        "cards": "<div class=player><video-js></video-js></div>",
    }[build]
    head = _title(texts, title) + ("<meta property=og:type content=video.other>" if build != "plain" else "")
    path = "/video/2025/7" if build == "cards" else "/a/2025/03/04/7"
    return path, head, _main(build, f"<h1>{title}</h1>{player}{_prose(texts['prose'][:1])}")


def _live_blog(texts: Words, build: str) -> tuple[str, str, str]:
    title = f"{texts['live'][0]}: {texts['headlines'][0]}"
    entries = []
    for i in range(9):
        stamp = f"<time>{10 + i}:4{i}</time>" if build == "classes" else f"<h3>{10 + i}:4{i}</h3>"
        entries.append(f"<div class=entry>{stamp}{_prose(texts['prose'][i % 3 : i % 3 + 1])}</div>")
    head = _title(texts, title)
    if build == "cards":
        head += '<script type=application/ld+json>{"@type":"LiveBlogPosting","headline":"x"}</script>'
    return "/a/2025/03/04/8", head, _main(build, f"<h1>{title}</h1>{''.join(entries)}")


def _index(texts: Words, build: str) -> tuple[str, str, str]:
    items = []
    for i in range(14):
        line = texts["headlines"][i % len(texts["headlines"])]
        teaser = f"<p>{texts['prose'][i % 3][:120]}</p>" if build != "plain" else ""
        items.append(f"<li><h3><a href=/a/2025/03/04/{90 + i}>{line}</a></h3>{teaser}</li>")
    section = texts["sections"][1]
    return "/1/", _title(texts, section), _main(build, f"<h1>{section}</h1><ul>{''.join(items)}</ul>")


def _onward(texts: Words, build: str) -> tuple[str, str, str]:
    link = f"<a href=https://other.example/news/1>{texts['onward'][0]}</a>"
    link = f"<p>{link}</p>" if build != "cards" else f"<div class=more>{link}</div>"
    inner = f"<h1>{texts['headlines'][0]}</h1>{_prose(texts['prose'][:1])}{link}"
    return "/a/2025/03/04/9", _title(texts, texts["headlines"][0]), _main(build, inner)


def _article(texts: Words, inner: str, build: str) -> tuple[str, str, str]:
    body = f"<h1>{texts['headlines'][0]}</h1>{inner}"
    return "/a/2025/03/04/10", _title(texts, texts["headlines"][0]), _main(build, body)


def _with_film(texts: Words, build: str) -> tuple[str, str, str]:
    return _article(texts, "<video src=/v.mp4></video>" + _prose(texts["prose"]), build)


def _with_pictures(texts: Words, build: str) -> tuple[str, str, str]:
    shown = "".join(f"<figure><img src=/{i}.jpg><figcaption>Kai {i}</figcaption></figure>" for i in range(6))
    return _article(texts, _prose(texts["prose"]) + shown, build)


def _with_list(texts: Words, build: str) -> tuple[str, str, str]:
    links = "".join(f"<li><a href=/a/{i}>{line}</a></li>" for i, line in enumerate(2 * texts["headlines"]))
    return _article(texts, f"{_prose(texts['prose'])}<div><h2>{texts['sections'][0]}</h2><ul>{links}</ul></div>", build)


def _with_source(texts: Words, build: str) -> tuple[str, str, str]:
    link = f"<a href=https://other.example/news/1>{texts['site'][0]}</a>"
    return _article(texts, f"{_prose(texts['prose'])}<p>{texts['prose'][0]} {link}</p>", build)


KINDS: dict[str, tuple[Reason | None, Callable[[Words, str], tuple[str, str, str]]]] = {
    "consent wall": (Reason.CONSENT, _consent),
    "paywall": (Reason.PAYWALL, _paywall),
    "shell": (Reason.SHELL, _shell),
    "error page": (Reason.ERROR_PAGE, _error_page),
    "gate for machines": (Reason.BLOCKED, _blocked),
    "gallery": (Reason.GALLERY, _gallery),
    "video": (Reason.VIDEO, _video),
    "live blog": (Reason.LIVE_BLOG, _live_blog),
    "index": (Reason.INDEX, _index),
    "stub with a way on": (Reason.ONWARD, _onward),
    "article with a film": (None, _with_film),
    "article with pictures": (None, _with_pictures),
    "article with a list": (None, _with_list),
    "article with a source": (None, _with_source),
}


def refused_pages(directory: Path) -> list[str]:
    """The development pages that are refused, each with the reason. Raises FileNotFoundError where there are none."""
    found = []
    for page in labelled(directory):
        try:
            extract(Page(url=page.url, body=page.body()))
        except ExtractError as exc:
            found.append(f"{page.url}: {exc.reason}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, default=PAGES, metavar="DIR")
    parser.add_argument("--list", action="store_true", help="name each page that is taken for something else")
    options = parser.parse_args()
    right: defaultdict[str, list[bool]] = defaultdict(list)
    for case in cases():
        found = named(case)
        right[case.name.rsplit(" ", 2)[0]].append(found is case.reason)
        if options.list and found is not case.reason:
            print(f"{case.name}: {found or 'an article'}")
    for kind, each in right.items():
        print(f"{kind:24}{sum(each):4} of {len(each)}")
    walls = [each for kind, (reason, _) in KINDS.items() if reason is not None for each in right[kind]]
    print(f"refused by name: {sum(walls)} of {len(walls)} ({sum(walls) / len(walls):.1%})")
    try:
        refused = refused_pages(options.pages)
    except FileNotFoundError:
        print(f"no gold.json in {options.pages}: no development pages were tried")
        return 0
    print("development pages refused:", len(refused), *refused)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
