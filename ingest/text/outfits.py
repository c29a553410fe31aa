"""When the name in a credit and the name or host of a publisher mean one outfit."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_MAX_NAME_CHARS = 120
_SPELLING = re.compile(r"[\W_]+")
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}(?::\d+)?")
_SECOND_LEVEL = frozenset({"co", "com", "org", "net", "gov", "gob", "gouv", "ac", "edu", "or", "ne", "go", "in"})
_ARTICLES = frozenset({"the", "la", "le", "el", "los", "las", "die", "der", "das", "il", "lo", "o", "a", "de", "het"})
_GENERIC = frozenset({"news", "online", "newspaper", "agency", "media", "group", "com"})
# Forms of companies, as they stand behind a name.
# fmt: off
_LEGAL = frozenset({
    "inc", "incorporated", "corp", "corporation", "co", "company", "ltd", "limited", "llc", "llp", "lp", "plc", "pbc",
    "ag", "gmbh", "se", "kg", "kgaa", "ev", "mbh", "ug", "sa", "sas", "sarl", "spa", "srl", "sl", "slu", "sau", "nv",
    "bv", "ab", "as", "asa", "oy", "oyj", "aps", "zrt", "nyrt", "kft", "sro", "doo", "dd", "ad", "sab", "cv", "ltda",
    "pjsc", "ojsc", "jsc", "pao", "oao", "ooo", "zao", "пао", "оао", "ооо", "зао", "ао", "тов", "ат",
    "holding", "holdings", "group", "international", "pty", "pte", "pvt", "bhd", "sdn", "tbk", "pt", "kk",
})
# fmt: on
_UNSPACED_LEGAL = re.compile(
    r"^(?:株式会社|有限会社|合同会社|주식회사)|(?:株式会社|股份有限公司|有限公司|集团|集團|公司|주식회사)$"
)
_BRACKETED = re.compile(r"[(（][^)）]{0,60}[)）]")
_QUOTES = re.compile(r"[\"'’“”«»„]")
# First words of many names, which tell nothing of whose they are.
# fmt: off
_COMMON = frozenset({
    "american", "national", "united", "first", "global", "international", "general", "advanced", "british", "canadian",
    "european", "royal", "federal", "university", "bank", "institute", "ministry", "department", "city", "state",
    "world", "asia", "asian", "china", "india", "german", "deutsche", "new", "north", "south", "east", "west", "great",
    "digital", "green", "blue", "smart", "health", "medical", "energy", "capital", "financial", "data", "metro",
    "capitol", "standard", "community", "central", "public", "media", "news", "press", "daily", "times", "post",
})
# fmt: on
_MIN_FIRST_WORD_CHARS = 4
_MIN_INSIDE_CHARS = 3
_MAX_SHORTENED = 6  # words
_LATIN = re.compile("[a-z]")
_UMLAUTS = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss", ord("ø"): "oe", ord("å"): "aa"}


@lru_cache(maxsize=8192)
def name_keys(name: str) -> frozenset[str]:
    """Return the keys of a publisher's name or host; two names that share a key can be one outfit.

    "The Metro Herald", "metroherald.com" and "www.metroherald.co.uk" share "metroherald".
    """
    folded = _folded(name)
    if _HOST.fullmatch(folded):
        label = _label(folded)
        return frozenset({label, label.removeprefix("the") if len(label) > 6 else label})
    words = _words(folded)
    bare = words[:-1] if len(words) > 1 and words[-1] in _GENERIC else words
    return frozenset(filter(None, (_spelled(words), _spelled(bare))))


@lru_cache(maxsize=2048)
def company_keys(name: str) -> frozenset[str]:
    """Return the keys of a company: its name without legal form, its first word where that is telling, its initials."""
    folded = _UNSPACED_LEGAL.sub("", _BRACKETED.sub("", _folded(name)).strip()).strip()
    words = [bare for word in _words(folded) if (bare := word.rstrip(".,"))]
    while len(words) > 1 and _spelled(words[-1:]) in _LEGAL:
        words.pop()
    keys = {_spelled(words)}
    if words and len(words[0]) >= _MIN_FIRST_WORD_CHARS and words[0] not in _COMMON:
        keys.add(_spelled(words[:1]))
    if len(words) >= 3:
        keys.add("".join(word[0] for word in words if word not in {"of", "the", "and", "for", "&"}))
    return frozenset(filter(None, keys)) | name_keys(name)


@lru_cache(maxsize=8192)
def could_be(name: str, publisher: str) -> bool:
    """Return whether a name can be a publisher's: spelled inside it, or shortened to it, as "nytimes" and "faz" are.

    Names in scripts that share no letter with the publisher's cannot be told apart from it, and could be.
    """
    mine, theirs = ({_plain(key) for key in name_keys(each)} for each in (name, publisher))
    if not _LATIN.search("".join(mine)) or not _LATIN.search("".join(theirs)):
        return bool(_LATIN.search("".join(mine))) != bool(_LATIN.search("".join(theirs))) or not mine.isdisjoint(theirs)
    if any(len(min(a, b, key=len)) >= _MIN_INSIDE_CHARS and (a in b or b in a) for a in mine for b in theirs):
        return True
    words = [_plain(word) for word in _folded(name).split()[:_MAX_SHORTENED]]
    return any(_shortens(key, words) or _shortens(key, words[1:]) for key in theirs if len(key) <= 30)


def _shortens(key: str, words: list[str]) -> bool:
    """Whether a key is put together from beginnings of words in turn: n-y-times, f-a-z."""
    if not key:
        return True
    if not words:
        return False
    word, rest = words[0], words[1:]
    return any(
        _shortens(key[length:], rest)
        for length in range(1, min(len(word), len(key)) + 1)
        if key[:length] == word[:length]
    )


def _plain(key: str) -> str:
    """A key without accents, umlauts as hosts write them."""
    return "".join(c for c in unicodedata.normalize("NFD", key.translate(_UMLAUTS)) if not unicodedata.combining(c))


def _folded(name: str) -> str:
    return _QUOTES.sub("", " ".join(unicodedata.normalize("NFKC", name[:_MAX_NAME_CHARS]).casefold().split()))


def _words(folded: str) -> list[str]:
    """A name's words without a leading article."""
    words = folded.split()
    return words[1:] if len(words) > 1 and words[0] in _ARTICLES else words


def _label(host: str) -> str:
    """The label of a host that names its owner: the one before the public suffix."""
    labels = host.partition(":")[0].removeprefix("www.").split(".")
    place = -3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else -2
    return _SPELLING.sub("", labels[max(place, -len(labels))])


def _spelled(words: list[str]) -> str:
    """Words as a host would spell them."""
    return _SPELLING.sub("", "".join(words))
