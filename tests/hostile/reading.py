"""What may not be in an output, found by a parser of its kind: HTML as browsers read it, CSV, mail, terminals."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from resiliparse.parse.html import HTMLTree, NodeType

#: Elements that run, load, send or turn elsewhere.
_ACTIVE = frozenset(
    {"script", "iframe", "frame", "frameset", "object", "embed", "applet", "base", "portal", "svg", "math", "audio",
     "video", "source", "img", "picture", "textarea", "marquee", "noscript", "template"}
)  # fmt: skip
_ADDRESSES = frozenset({"href", "src", "action", "formaction", "data", "srcset", "poster", "background", "xlink:href"})
_SAFE = re.compile(r"(?:https?://|mailto:|/|#|\?|$)")
#: Controls but for line ends, C1, line and paragraph separators, and what turns a line around.
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def elements(html: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Each element's name, attributes and, of what runs, its text, as a browser builds the tree."""
    tree = HTMLTree.parse(html)
    for node in tree.document:  # a collection of elements would look each one up again
        if node.type != NodeType.ELEMENT:
            continue
        tag = node.tag.lower()
        text = node.text if tag in ("script", "style") else ""
        yield tag, {name.lower(): node.getattr(name) or "" for name in node.attrs}, text


def dangers(html: str, *, ours: frozenset[str] = frozenset()) -> list[str]:
    """What in a page could run, load or send. ours: active elements that the page has by itself."""
    found = []
    for tag, attributes, text in elements(html):
        if tag in _ACTIVE - ours:
            found.append(f"<{tag}>")
        if tag in ("script", "style") and ("zebra" in text or "evil.example" in text):
            found.append(f"<{tag}> with a stranger's words")
        if tag == "meta" and attributes.get("http-equiv", "").lower() == "refresh":
            found.append("<meta refresh>")
        for name, value in attributes.items():
            if name.startswith("on") or name in ("srcdoc", "autofocus"):
                found.append(f"<{tag} {name}>")
            if name in _ADDRESSES and not _SAFE.match(value.strip().lower()):
                found.append(f"<{tag} {name}={value[:60]!r}>")
            if name == "style" and ("zebra" in value or "url(" in value):
                found.append(f"<{tag} style={value[:60]!r}>")
    return found


def links(html: str) -> list[str]:
    """Where a page leads."""
    return [attributes["href"] for tag, attributes, _ in elements(html) if tag == "a" and "href" in attributes]


def formulas(data: bytes) -> list[str]:
    """The cells of a CSV file that a spreadsheet would run; numbers of our own are none."""
    rows = csv.reader(io.StringIO(data.decode("utf-8"), newline=""))
    return [cell for row in rows for cell in row if cell.startswith(_FORMULA) and not re.fullmatch(r"-?[0-9.]+", cell)]


def mail_of(data: bytes) -> EmailMessage:
    """A mail as a mail program reads it."""
    found: Any = BytesParser(policy=policy.default).parsebytes(data)
    return found


def part(mail: EmailMessage, kind: str) -> str:
    """The text of the plain or the html part."""
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())
