"""The keys under which an article is posted: its bands, samples, title, sources and number, each a number of 36 bits.

A key is the whole of what the index compares: two articles share a band or a sample when its keys are equal. Of 150
million postings (a million and a half articles) one in ten questions meets a key by chance, which costs a look.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.match.sign import Hashes
from ingest.match.sketch import Sketch
from ingest.match.sketches import Numbers, Sketches, spread

KEY_BITS = 36
BANDS, ROWS = 42, 3  # a pair of Jaccard .3 meets with probability .68, one of .5 with .997
FLASH_S = 2 * 3600.0  # so long before or after an agency's flash its item may stand

_MASK = (1 << 64) - 1
_FLASH_US = int(FLASH_S) * 1_000_000
#: A flash is looked for by the items of hours, an item by rare flashes: so fine are the stretches each is posted under.
_STRETCH_US = {True: _FLASH_US, False: 600_000_000}
# Odd numbers from the binary digits of pi, e and the golden ratio; nothing else is asked of them.
_FACTORS = np.array((0x9E3779B97F4A7C15, 0xB7E151628AED2A6B, 0x243F6A8885A308D3), dtype=np.uint64)
_PLACES = np.arange(BANDS, dtype=np.uint64) * np.uint64(0xBF58476D1CE4E5B9)
_BODY, _LEAD, _TITLE, _ID = 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89, 0x452821E638D01377
_SOURCE = {True: 0xBE5466CF34E90C6C, False: 0xC0AC29B7C97C50DD}
_STEP = 0x3F84D5B5B5470917
_MIX_1, _MIX_2 = np.uint64(0x9216D5D98979FB1B), np.uint64(0xD1310BA698DFB5AD)
_SHIFT = np.uint64(64 - KEY_BITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The keys that are looked up for an article, kind after kind, and where each kind ends."""

    keys: Hashes
    bands: int
    body: int
    lead: int
    title: int  # from here on each source has its share
    sources: int


def posted(article_id: int, sketch: Sketch, at_us: int | None, *, banded: bool, last: Asked | None = None) -> Hashes:
    """Return the keys of one article. at_us: microseconds. banded: its bands are among them. last: what was asked for
    it, as far as its bands and samples are the same.
    """
    rest = [*_sources(sketch, at_us, sketch.flash), article_id ^ _ID]
    if sketch.title:
        rest.append((sketch.title & _MASK) ^ _TITLE)
    if last is not None and not sketch.whole:
        return np.concatenate((last.keys[: last.lead], _mixed(np.array(rest, dtype=np.uint64))))
    return _mixed(_raw(sketch, rest, banded=banded, body=True))


def asked(sketch: Sketch, at_us: int | None, *, banded: bool) -> Asked:
    """Return the keys under which an article's candidates are posted.

    A text with so few words that others must hold all of it is looked for by its lead alone.
    """
    rest = [(sketch.title & _MASK) ^ _TITLE] if sketch.title else []
    title = len(rest)
    sources = named(sketch.agency, sketch.publisher) if at_us is not None else ()
    for source in sources:
        rest.extend(_around(source, at_us or 0, not sketch.flash))
    bands = BANDS if banded and sketch.signature.size and not sketch.whole else 0
    body = bands + (0 if sketch.whole else sketch.body.size)
    lead = body + sketch.lead.size
    return Asked(
        keys=_mixed(_raw(sketch, rest, banded=bands > 0, body=not sketch.whole)),
        bands=bands,
        body=body,
        lead=lead,
        title=lead + title,
        sources=len(sources),
    )


def of_ids(ids: Numbers) -> Hashes:
    """Return the keys of articles' numbers."""
    return _mixed(ids.astype(np.uint64) ^ np.uint64(_ID))


def of_id(article_id: int) -> int:
    """Return the key of an article's number."""
    key = ((article_id ^ _ID) * int(_MIX_1)) & _MASK
    key = ((key ^ (key >> 32)) * int(_MIX_2)) & _MASK
    return key >> (64 - KEY_BITS)


def posted_all(ids: Numbers, many: Sketches, at_us: Numbers, timed: NDArray[np.bool_], *, banded: bool) -> PostedKeys:
    """Return the keys of many articles, as `posted` makes them of each."""
    sources = [(many.agency, timed & (many.agency > 0))]
    sources.append((many.publisher, timed & (many.publisher > 0) & (many.publisher != many.agency)))
    bands = BANDS * (many.signed & banded)
    counts = bands + many.bodies + many.leads + (many.title > 0) + sum(shown.astype(np.int64) for _, shown in sources)
    counts = counts + 1
    starts = np.cumsum(counts) - counts
    raw = np.empty(int(counts.sum()), dtype=np.uint64)
    at = starts
    raw[at] = ids.astype(np.uint64) ^ np.uint64(_ID)
    at = at + 1
    if banded:
        raw[at[many.signed][:, None] + np.arange(BANDS)] = _sums(many.signatures)
    at = at + bands
    raw[spread(at, many.bodies)] = many.body ^ np.uint64(_BODY)
    at = at + many.bodies
    raw[spread(at, many.leads)] = many.lead ^ np.uint64(_LEAD)
    at = at + many.leads
    titled = many.title > 0
    raw[at[titled]] = many.title[titled] ^ np.uint64(_TITLE)
    at = at + titled
    for source, shown in sources:
        for flash in (True, False):
            here = shown & (many.flash == flash)
            stretches = (at_us[here] // _STRETCH_US[flash]).astype(np.uint64)
            raw[at[here]] = (source[here] + stretches * np.uint64(_STEP)) ^ np.uint64(_SOURCE[flash])
        at = at + shown
    return PostedKeys(keys=_mixed(raw), counts=counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedKeys:
    """Keys of many articles, one article after the other, and how many each has."""

    keys: Hashes
    counts: Numbers


def named(agency: int, publisher: int) -> tuple[int, ...]:
    """Return under whose names an article may be looked for."""
    return tuple(source for source in dict.fromkeys((agency, publisher)) if source)


def _raw(sketch: Sketch, rest: list[int], *, banded: bool, body: bool) -> Hashes:
    """Bands, body and lead as far as asked for, and the rest: numbers that still need mixing."""
    parts = [_sums(sketch.signature)] if banded and sketch.signature.size else []
    if body:
        parts.append(sketch.body ^ np.uint64(_BODY))
    parts.append(sketch.lead ^ np.uint64(_LEAD))
    parts.append(np.array(rest, dtype=np.uint64))
    return np.concatenate(parts)


def _sums(signatures: NDArray[np.uint32]) -> Hashes:
    """A number for each band, of its three rows and its place."""
    sums: Hashes = signatures.astype(np.uint64).reshape(*signatures.shape[:-1], BANDS, ROWS) @ _FACTORS
    sums += _PLACES
    return sums


def _sources(sketch: Sketch, at_us: int | None, flash: bool) -> list[int]:
    """Who published it when, for each who."""
    if at_us is None:
        return []
    stretch = at_us // _STRETCH_US[flash]
    return [_source(source, stretch, flash) for source in named(sketch.agency, sketch.publisher)]


def _around(source: int, at_us: int, flash: bool) -> list[int]:
    """What one source published around a time: flashes, or what is none."""
    length = _STRETCH_US[flash]
    stretches = range((at_us - _FLASH_US) // length, (at_us + _FLASH_US) // length + 1)
    return [_source(source, stretch, flash) for stretch in stretches]


def _source(source: int, stretch: int, flash: bool) -> int:
    return ((source + stretch * _STEP) & _MASK) ^ _SOURCE[flash]


def _mixed(raw: Hashes) -> Hashes:
    """Spread numbers over the bits of a key; works in place."""
    raw *= _MIX_1
    raw ^= raw >> np.uint64(32)
    raw *= _MIX_2
    raw >>= _SHIFT
    return raw
