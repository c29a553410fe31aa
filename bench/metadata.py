"""How much of a page's metadata is read right: instant, title, authors and language of pages that a person has read.

    python -m bench.metadata [PAGES] [--labels FILE] [--json]

PAGES: a folder with gold.json (id to url) and html/ID.html.gz, by default ../shared/data/pages.

A line of the labels is {id, published, titles, authors, language}: `published` to the minute in UTC where the page
tells it readers or machines, else the day; `titles` each a headline that a reader would copy from the page; `authors`
each a list of names that would be right, an empty one where nobody is named; `language` the text's, whatever the page
declares. The pages are other people's, so titles and names are kept as digests (`digest`), enough to tell right from
wrong. `python -m bench.metadata --digest TEXT` prints one.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
import unicodedata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from ingest.errors import ExtractError  # noqa: E402 - the checkout first
from ingest.extract.article import extract  # noqa: E402
from ingest.model import Article, Page  # noqa: E402

PAGES = ROOT.parent / "shared" / "data" / "pages"
LABELS = Path(__file__).with_name("metadata_labels.jsonl")
_ONE_SPELLING = {0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2013: "-", 0x2014: "-"}


def digest(text: str) -> str:
    """The first half of SHA-256 of a text without case, kinds of quotes and dashes, and blanks."""
    plain = unicodedata.normalize("NFKC", text).translate(_ONE_SPELLING).casefold()
    return hashlib.sha256(" ".join(plain.split()).encode()).hexdigest()[:32]


def read(folder: Path, name: str, url: str) -> Article | None:
    """The article of a page, or None where it is refused."""
    body = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
    try:
        return extract(Page(url=url, body=body, content_type="text/html; charset=utf-8"))
    except ExtractError:
        return None


def judged(label: dict[str, object], article: Article | None) -> dict[str, bool]:
    """For each of instant (or day), title, authors and language: whether the article has it right."""
    wanted = str(label["published"])
    timed = "T" in wanted
    found = ""
    if article is not None and article.published_at is not None:
        found = article.published_at.strftime("%Y-%m-%dT%H:%MZ" if timed else "%Y-%m-%d")
    title, people = (article.title, article.byline) if article is not None else ("", ())
    return {
        "instant" if timed else "day": found == wanted,
        "title": digest(title) in label["titles"],  # type: ignore[operator]
        "authors": [digest(name) for name in people] in label["authors"],  # type: ignore[operator]
        "language": (article.language if article is not None else None) == label["language"],
    }


def main() -> int:
    """Print the shares."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="?", type=Path, default=PAGES)
    parser.add_argument("--labels", type=Path, default=LABELS)
    parser.add_argument("--digest", metavar="TEXT", help="print a text's digest and end")
    parser.add_argument("--json", action="store_true", help="one object")
    options = parser.parse_args()
    if options.digest is not None:
        print(digest(options.digest))
        return 0
    if not (options.pages / "gold.json").exists():
        parser.error(f"{options.pages} holds no gold.json; name the folder of the pages")
    urls = json.loads((options.pages / "gold.json").read_text(encoding="utf-8"))
    right: dict[str, list[bool]] = {"instant": [], "day": [], "title": [], "authors": [], "language": []}
    for line in options.labels.read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        article = read(options.pages, label["id"], urls[label["id"]]["url"])
        for what, is_right in judged(label, article).items():
            right[what].append(is_right)
            if not is_right:
                got = (
                    {"title": article.title, "authors": article.byline, "language": article.language} if article else {}
                )
                seen = got.get(what, article.published_at if article else "the page was refused")
                print(f"{label['id'][:8]} {what}: {seen!s}", file=sys.stderr)
    shares = {what: {"right": sum(marks), "n": len(marks)} for what, marks in right.items()}
    if options.json:
        print(json.dumps(shares))
        return 0
    print(f"{'what':<10}{'right':>6}{'of':>6}{'share':>9}")
    for what, share in shares.items():
        print(f"{what:<10}{share['right']:>6}{share['n']:>6}{share['right'] / max(share['n'], 1):>9.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
