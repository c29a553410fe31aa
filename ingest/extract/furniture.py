"""Lines of an extracted text that are the page's and not the story's: its title, links to other stories, asks."""

from __future__ import annotations

import re

from ingest.extract.phrases import ASKS, LABEL, LEADS_AWAY, LIST_HEADING
from ingest.text.tokens import words

_HEAD_LINES = 8
_MAX_FURNITURE_CHARS = 240
_MAX_LABEL_CHARS = 60
#: A line of so many times a title's length is not the title.
_TITLE_TIMES = 3

_RIGHTS = re.compile(
    r"(?:©|\(c\)\ ?\d{4}|ⓒ|copyright\b|all rights reserved|tous droits réservés|无断转载|무단 ?전재|ISSN:)", re.I
)
_SENTENCE_END = re.compile(r"[.!?…。！？।؟][\"'”’»」』)\]]*\s*$")
_BYLINE = re.compile(
    r"^\W*(?:by|von|par|por|di|door|av|af|autor[ae]?|author|автор|text|texto|testo|texte)\b[:\s]", re.I
)
_STAMP = re.compile(r"\d{1,2}[:.h]\d{2}|\b(?:19|20)\d{2}\b")


def trim(text: str, *, title: str = "") -> str:
    """Return an extracted text without the page's furniture; paragraphs are lines.

    Only whole lines go, and only short ones: the title repeated at the head, bylines and stamps there, links to
    other stories, asks, and the list of other stories at the end. A text that would lose more than half stays whole.
    """
    lines = [line.strip() for line in text.split("\n")]
    lines = [line for line in lines if line]
    kept = _without_list(_without_head(lines, title))
    kept = [line for line in kept if not is_furniture(line)]
    if sum(map(len, kept)) * 2 < sum(map(len, lines)):
        return "\n".join(lines)
    return "\n".join(kept)


def is_furniture(line: str) -> bool:
    """Whether a line of a text leads elsewhere, asks something of the reader, or speaks of the page."""
    if len(line) > _MAX_FURNITURE_CHARS:
        return False
    away = LEADS_AWAY.match(line)
    if away is not None:
        after = (away["after"] or "").strip()
        # "Read more: ..." leads away; "Related parties sold their shares." and "Read more books." are prose.
        return not after or not after[0].isalnum() or (len(line) < 100 and not ends_a_sentence(line))
    if ASKS.match(line) or (len(line) <= _MAX_LABEL_CHARS and LABEL.match(line) and not ends_a_sentence(line)):
        return True
    return len(line) < 120 and _RIGHTS.search(line) is not None


def ends_a_sentence(line: str) -> bool:
    """Whether a line ends as sentences do, in any of the scripts that have a mark for it."""
    return _SENTENCE_END.search(line) is not None


def _without_head(lines: list[str], title: str) -> list[str]:
    """The lines without the title, and what stands before or right after it that is no prose."""
    wanted = words(title)
    most = _TITLE_TIMES * len(title) + _MAX_LABEL_CHARS
    head = enumerate(lines[:_HEAD_LINES] if wanted else ())
    at = next((i for i, line in head if len(line) <= most and _is_title(words(line), wanted)), None)
    if at is not None and not any(_is_prose(line) for line in lines[:at]):
        lines = lines[at + 1 :]
    while lines and _is_credit_line(lines[0]) and len(lines) > 1:
        lines = lines[1:]
    return lines


def _is_title(line: list[str], title: list[str]) -> bool:
    if not line or len(line) > 2 * len(title) + 4:
        return False
    if line == title:
        return True
    shared = len(set(line) & set(title))
    return len(line) >= 4 and shared * 10 >= 8 * max(len(set(line)), len(set(title)))


def _is_prose(line: str) -> bool:
    return len(line) > 80 and ends_a_sentence(line)


def _is_credit_line(line: str) -> bool:
    """A byline or stamp on a line of its own."""
    if len(line) > 100 or ends_a_sentence(line):
        return False
    return bool(_BYLINE.match(line)) or (len(line) < 60 and _STAMP.search(line) is not None)


def _without_list(lines: list[str]) -> list[str]:
    """The lines up to a heading behind the first third, behind which only links to other stories stand."""
    first = len(lines)
    for i in range(len(lines) - 1, -1, -1):
        if i * 3 < len(lines) or _is_prose(lines[i]):
            break
        if len(lines[i]) <= _MAX_FURNITURE_CHARS and LIST_HEADING.match(lines[i]):
            first = i
    return lines[:first]
