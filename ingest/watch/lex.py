"""A query's text as tokens, each with the place where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ingest.errors import QueryError


class Sign(StrEnum):
    """What a token is."""

    PHRASE = "phrase"
    FIELD = "field"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    NEAR = "NEAR"
    OPEN = "("
    CLOSE = ")"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One token; `at` is the index of its first character."""

    sign: Sign
    at: int
    text: str = ""  # a phrase's words without quotes, a field's name
    is_exact: bool = False
    is_open: bool = False
    distance: int = 0
    shown: str = ""  # a phrase as the query has it


MAX_DISTANCE = 100

# Word processors turn straight quotes into these; whichever opens, any of them closes.
_QUOTES = '"“”„‟«»＂'
_BLANK = re.compile(r"\s+")
_QUOTED = re.compile(rf"(?P<exact>=?)[{_QUOTES}](?P<words>[^{_QUOTES}]*)(?P<end>[{_QUOTES}]?)(?P<open>\*?)")
_FIELD = re.compile(r"(?P<name>[A-Za-z_]+):(?!/)")
_NEAR = re.compile(rf"NEAR(?P<slash>/(?P<words>[0-9]*))?(?![^\s(){_QUOTES}])")
_OPERATOR = re.compile(rf"(?:AND|OR|NOT)(?![^\s(){_QUOTES}=])")
_MINUS = re.compile(rf"[-−](?=[\w(={_QUOTES}])")
_BARE = re.compile(rf"[^\s(){_QUOTES}]+")


def tokens(text: str) -> Iterator[Token]:
    """Cut a query into tokens, the last of which is END. Raises QueryError that points at the character."""
    at = 0
    while at < len(text):
        if blank := _BLANK.match(text, at):
            at = blank.end()
            continue
        token, at = _next(text, at)
        yield token
    yield Token(sign=Sign.END, at=len(text))


def _next(text: str, at: int) -> tuple[Token, int]:
    if text[at] in "()":
        return Token(sign=Sign(text[at]), at=at), at + 1
    if quoted := _QUOTED.match(text, at):
        return _quoted(text, at, quoted)
    if minus := _MINUS.match(text, at):
        return Token(sign=Sign.NOT, at=at), minus.end()
    if operator := _OPERATOR.match(text, at):
        return Token(sign=Sign(operator.group()), at=at), operator.end()
    if near := _NEAR.match(text, at):
        return _near(text, at, near)
    if field := _FIELD.match(text, at):
        return Token(sign=Sign.FIELD, at=at, text=field["name"].lower()), field.end()
    bare = _BARE.match(text, at)
    if bare is None:  # what is neither blank, bracket nor quote is bare
        raise QueryError("a character that no word begins with", text=text, at=at)
    return _bare(text, at, bare.group())


def _quoted(text: str, at: int, found: re.Match[str]) -> tuple[Token, int]:
    if not found["end"]:
        raise QueryError("a quotation that never ends", text=text, at=found.start("words") - 1)
    words = found["words"].rstrip()
    is_open = words.endswith("*")  # inside the quotation or behind it
    words = words[: len(words) - is_open]
    _refuse_stars(text, words, found.start("words"))
    token = Token(
        sign=Sign.PHRASE,
        at=at,
        text=words,
        is_exact=bool(found["exact"]),
        is_open=is_open or bool(found["open"]),
        shown=f'{found["exact"]}"{found["words"]}"{found["open"]}',
    )
    return token, found.end()


def _near(text: str, at: int, found: re.Match[str]) -> tuple[Token, int]:
    if not found["words"]:
        raise QueryError("NEAR takes a number of words, as in NEAR/5", text=text, at=at)
    distance = int(found["words"][:9])
    if not 1 <= distance <= MAX_DISTANCE:
        message = f"NEAR takes from 1 to {MAX_DISTANCE} words"
        raise QueryError(message, text=text, at=found.start("words"))
    return Token(sign=Sign.NEAR, at=at, distance=distance), found.end()


def _bare(text: str, at: int, word: str) -> tuple[Token, int]:
    end = at + len(word)
    is_exact = word.startswith("=")
    words = word[is_exact:]
    is_open = words.endswith("*")
    words = words[: len(words) - is_open]
    _refuse_stars(text, words, at + is_exact)
    return Token(sign=Sign.PHRASE, at=at, text=words, is_exact=is_exact, is_open=is_open, shown=word), end


def _refuse_stars(text: str, words: str, at: int) -> None:
    star = words.find("*")
    if star >= 0:
        raise QueryError("the wildcard stands at the end of a word only", text=text, at=at + star)
