"""What verification asks of an article, measured once; what only a closer look asks for is in `details`."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from itertools import islice

from ingest.match.boilerplate import Boilerplate, passages
from ingest.match.bundles import is_bundle, is_live, is_roundup
from ingest.match.claims import Claim, claim
from ingest.match.clean import Cleaned, clean
from ingest.match.details import Details
from ingest.match.learning import observe
from ingest.match.sign import Hashes, digest_of, distinct, run_hashes, shingle_hashes, word_hashes
from ingest.match.slots import title_frame
from ingest.model import ArticleId, Document
from ingest.model.boilerplate import Observation
from ingest.text.tokens import words

#: Before anything is learned.
NOTHING = Boilerplate()
#: Below it nothing joins, not even under the same title.
MIN_WORDS_TOLD = 6
#: Below it a text joins with the same title only, and all of it in the other's lead.
MIN_WORDS = 12
_LEAD_WORDS = 50
_OPENING_WORDS = 80
_OPENER_WORDS = 16
_MIN_LEAD_PARAGRAPH_WORDS = 8  # shorter ones are headings
_MIN_FLASH_LETTERS = 12
# Tokens of scripts without spaces are pairs of characters: so many make a word.
_TOKENS_A_WORD = {"HAN": 2.2, "THAI": 4.0, "LAO": 4.0, "KHMER": 4.0, "MYANMAR": 4.0}
_ALPHABETIC = 2  # pairs of letters that say as much as a word does; a pair of Han characters does by itself
_MIN_FLASH_WORDS, _MAX_FLASH_WORDS = 3, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """An article as verification sees it. Hashes are uint64, sorted and distinct."""

    id: ArticleId
    key: str
    at: datetime | None
    publisher: str | None
    url: str | None
    script: str  # LATIN, CYRILLIC, HAN, ...; "" without letters
    words: int  # tokens; pairs of characters in scripts without spaces
    length: float  # words as a reader counts them
    shingles: Hashes  # runs of three words
    lead: Hashes  # the first fifty words' runs of three
    opening: Hashes  # the first eighty words' runs of three, headings and all
    title: Hashes  # its words
    title_hash: int  # of the title's words in order
    title_frame: int  # hash of the title with its specifics masked
    body: int  # hash of all words in order: equal for word-for-word copies
    agency: str | None
    bodiless: bool
    live: bool
    roundup: bool
    flash: bool  # a line in capitals, or an agency's line without a text
    titular: bool  # nothing beside the title
    corrected: bool
    updated: bool
    republisher: bool
    boilerplate: float  # share of its words that were left out as a publisher's standing passages
    claim: Claim
    details: Details = field(compare=False)  # what only a closer look asks for

    @property
    def comparable(self) -> bool:
        """Whether there is enough text to tell a copy from a look-alike, be the other article what it may."""
        return self.words >= MIN_WORDS_TOLD and not self.flash and not self.titular

    @property
    def spaced(self) -> bool:
        """Whether it is in a script that has spaces between words."""
        return self.words <= self.length

    @property
    def brief(self) -> bool:
        """Whether it joins a text under the same title that holds all of it in the lead, and no other."""
        return self.words < MIN_WORDS


def features(document: Document, known: Boilerplate = NOTHING) -> Features:
    """Return an article's features: a pure function of the document and of what is known as boilerplate.

    About four milliseconds for 800 words.
    """
    return examine(document, known)[0]


def examine(document: Document, known: Boilerplate = NOTHING) -> tuple[Features, Observation]:
    """Return an article's features, and what learning boilerplate needs of it, at one reading."""
    cleaned = clean(document.title, document.text)
    found = passages(cleaned.paragraphs)
    kept = known.strip(document.publisher, cleaned.title, found)
    own = replace(cleaned, paragraphs=kept.paragraphs)
    measured = _measured(document, own, list(kept.words), boilerplate=kept.share)
    quotes = measured.live or measured.roundup
    if kept.removed:  # told of the text as it came: what is learned must not change what is learned from
        quotes = is_bundle(document.title, cleaned.paragraphs)
    witness = not (quotes or document.bodiless)
    return measured, observe(document, cleaned.title, found, witness=witness)


def _measured(document: Document, cleaned: Cleaned, tokens: list[list[str]], *, boilerplate: float) -> Features:
    """The features of a document's own words."""
    title = words(cleaned.title)
    spelled = [word for paragraph in tokens for word in paragraph]
    own = claim(document, cleaned, spelled)
    hashes, title_hashes = word_hashes(spelled), word_hashes(title)
    script = _script(cleaned)
    scale = _TOKENS_A_WORD.get(script, 1.0)
    grain = _ALPHABETIC if scale > _TOKENS_A_WORD["HAN"] else 1
    start = _lead_start(tokens)
    leading = run_hashes(hashes[start : start + int(_LEAD_WORDS * scale)], size=grain)
    units = run_hashes(hashes, size=grain)
    return Features(
        id=document.id,
        key=document.key,
        at=document.published_at,
        publisher=document.publisher,
        url=document.url,
        script=script,
        words=int(hashes.size),
        length=hashes.size / scale,
        shingles=shingle_hashes(units, size=3, step=grain),
        lead=shingle_hashes(leading, size=3, step=grain),
        opening=shingle_hashes(units[: int(_OPENING_WORDS * scale)], size=3, step=grain),
        title=distinct(title_hashes),
        title_hash=digest_of(title_hashes.tobytes()),
        title_frame=digest_of(word_hashes(title_frame(cleaned.title).split()).tobytes()),
        body=digest_of(hashes.tobytes()),
        agency=own.credit or document.agency,
        bodiless=document.bodiless,
        live=is_live(document.title, cleaned.paragraphs),
        roundup=is_roundup(document.title, cleaned.paragraphs),
        flash=not document.bodiless and _is_flash(cleaned, int(hashes.size), hashes.size / scale),
        titular=_is_titular(cleaned),
        corrected=cleaned.corrected,
        updated=cleaned.updated,
        republisher=cleaned.republisher,
        boilerplate=boilerplate,
        claim=own,
        details=Details(
            cleaned=cleaned,
            title=title,
            words=spelled,
            units=units,
            leading=leading,
            opener_tokens=int(_OPENER_WORDS * scale),
            grain=grain,
        ),
    )


def _lead_start(paragraphs: list[list[str]]) -> int:
    """How many words stand in headings before the first real paragraph."""
    first = next((n for n, paragraph in enumerate(paragraphs[:6]) if len(paragraph) >= _MIN_LEAD_PARAGRAPH_WORDS), 0)
    return sum(map(len, paragraphs[:first]))


def _script(cleaned: Cleaned) -> str:
    """The script most letters are written in; kana and Han are one."""
    sample = cleaned.title + cleaned.text[:2_000]
    if sample.isascii():
        return "LATIN" if any(map(str.isalpha, sample)) else ""
    letters = Counter(islice(filter(str.isalpha, sample), 600))
    counts: Counter[str] = Counter()
    for letter, count in letters.items():
        counts[_script_of(letter)] += count
    return min(counts, key=lambda name: (-counts[name], name)) if counts else ""


@lru_cache(maxsize=1 << 14)
def _script_of(letter: str) -> str:
    """The first word of a letter's Unicode name, where one script goes by several names the first of them."""
    name = unicodedata.name(letter, "?").split()[0].split("-")[0]
    return "HAN" if name in ("CJK", "HIRAGANA", "KATAKANA") else name


def _is_flash(cleaned: Cleaned, tokens: int, length: float) -> bool:
    """Whether it is one line in capitals, or no text beside the title."""
    if tokens < _MIN_FLASH_WORDS or length > _MAX_FLASH_WORDS:
        return False
    letters = [c for c in cleaned.text if c.isalpha()]
    shouted = len(letters) >= _MIN_FLASH_LETTERS and sum(c.isupper() for c in letters) > 0.8 * len(letters)
    return shouted or _is_titular(cleaned)


def _is_titular(cleaned: Cleaned) -> bool:
    """Whether the text says no more than the title."""
    return len(cleaned.text) <= len(cleaned.title) + 3
