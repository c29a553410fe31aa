"""Whom a text credits: the agency or release service in a dateline, byline, tail, copyright or source line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from ingest.text.agencies import glued_agency, is_release_service, known_agency, wire_name
from ingest.text.datelines import agency_in, find_dateline, split_dateline
from ingest.text.names import AGENCY_WORD, proper_name
from ingest.text.releases import Release, find_release

__all__ = [
    "Credit",
    "CreditKind",
    "CreditPlace",
    "Edges",
    "edge_lines",
    "edges_of",
    "find_credit",
    "named_source",
    "split_dateline",
]


class CreditKind(StrEnum):
    """What the credited outfit did: wrote the text, or carried what somebody says of himself."""

    AGENCY = "agency"
    RELEASE = "release"


class CreditPlace(StrEnum):
    """Where the credit stands."""

    DATELINE = "dateline"
    TAIL = "tail"
    SOURCE = "source"
    BYLINE = "byline"
    COPYRIGHT = "copyright"
    FEED = "feed"
    TITLE = "title"
    INPUT = "input"  # it gave material for a text that another wrote


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """An agency or release service, the words that name it, and in a release the company that speaks."""

    agency: str
    evidence: str
    place: CreditPlace = CreditPlace.TAIL
    company: str | None = None

    @property
    def kind(self) -> CreditKind:
        """Whether the agency is one, or carries press releases."""
        return CreditKind.RELEASE if is_release_service(self.agency) else CreditKind.AGENCY


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """A text's `edge_lines`, and what they say of a release."""

    head: tuple[str, ...]
    end: tuple[str, ...]
    release: Release | None


_REMEMBERED = 4  # texts, which may be large: what stores an article, what matches it and its claim ask in turn
_EDGE_CHARS = 6_000  # of a text's beginning, and of its end, that are looked at
_MAX_TAIL_LINES = 8
_MAX_LINE_CHARS = 300
_DASH = r"(?:[-–—−]{1,2}|[‑―])"
_AROUND = r"[\s.。।()\[\]*–—-]{0,2}"  # not \W, which takes the vowel signs of Hindi and Thai
_NAME = r"[^()\[\]（）【】\n]{2,60}"
_OPEN, _CLOSE = r"[(\[（【［]", r"[)\]）】］]"
_BY = re.compile(
    r"^(?:By|Von|Par|Por|Di|De|Door|Автор:?)[ ][^\n,;|]{2,60}?(?:,|[ ]?[|/•]|[ ](?:of|for|at))[ ]"
    r"(?P<name>[^\n,;|]{2,60})$",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)[ ]*(?:©|\(c\)|copyright)?[ ]*(?:(?:19|20)\d\d(?:[ ]?[-–][ ]?(?:19|20)?\d\d)?)?,?[ ]*"
    r"(?:by[ ])?(?:the[ ])?(?P<name>[^\n.,;©|]{2,50}?)(?:[ ](?:19|20)\d\d)?(?:,[ ]?inc)?"
    r"[ ]?(?:[.,;|]|[ ]?[-–—]|all[ ]rights|$)",
    re.IGNORECASE,
)
_SOURCE = re.compile(
    rf"{_AROUND}(?:source|sources|quelle|quellen|fuente|fonte|bron|källa|kilde|lähde|źródło|zdroj|источник|джерело|kaynak"
    r"|sumber|nguồn|المصدر|منبع|स्रोत|来源|來源|出典|提供|출처|ที่มา|agency|agence|agencia|agentur)[ ]?[:：][ ]*"
    rf"(?P<name>[^\n:;]{{2,50}}?){_AROUND}$",
    re.IGNORECASE,
)
_TAIL = re.compile(
    rf"(?P<before>^|[\s.。!?…”\"»।]){_OPEN}(?:(?:source|quelle|fuente|с|via)[:：]?[ ])?(?P<name>{_NAME}?){_CLOSE}"
    r"(?P<after>\.?)$"
    r"|[=＝](?P<glued>[\u3040-\u9fff]{2,8})$"
    r"|^(?:[-–—*/=＝©]+[ ]?)?(?P<known>[\w .&-]{2,40}?)(?:[ ]?[-–—*/.]+)?$",
    re.IGNORECASE,
)
_DESK = r"(?:reporting|writing|editing|compiled|report|reportage|redacción|reporte|edición|editado|rédigé|édité|edição)"
# (Reporting by Jane Doe in London; Editing by John Smith)   (Jane Doe reporting for Reuters; editing by John Smith)
_SIGNED = re.compile(
    rf"^{_OPEN}[^()\n]{{0,200}}\b{_DESK}[ ](?:by|for|por|par|de)\b[^()\n]{{0,260}}{_CLOSE}?$", re.IGNORECASE
)
_SIGNED_FOR = re.compile(r"[ ](?:for|para|pour)[ ](?P<name>[^\n;,()]{2,40})(?=[;,)]|$)", re.IGNORECASE)
_CONTRIBUTED = " contributed"
_WRITER = re.compile(r"\b(?:reporters?|writers?|journalists?|correspondents?|photographers?|staff)\b", re.IGNORECASE)
# What says that an agency gave material for a text that another wrote. The name stands in the group, or the groups.
_INPUT = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r".{0,200}?\badditional (?:reporting|information|material) (?:by|from)"
        rf" (?P<name>[^\n;()]{{2,60}}?){_AROUND}$",
        rf"{_AROUND}with (?:additional )?(?:inputs?|material|reporting|files|reports?|information|agency inputs?)"
        rf" (?:from|by) (?P<name>[^\n;()]{{2,60}}?){_AROUND}$",
        rf"{_AROUND}with (?P<name>[^\n;()]{{2,40}}?)(?: (?:inputs?|reports?|material|files))?{_AROUND}$",
        rf"{_AROUND}inputs? (?:from|by)[: ]+(?P<name>[^\n;()]{{2,60}}?){_AROUND}$",
        r".{0,200}?\bmaterial from (?P<name>[^\n;()]{2,60}?) (?:was|is) used\b",
        rf"{_AROUND}(?:mit (?:material|informationen|angaben) (?:von|der)|unter verwendung von)(?: der| des)?"
        rf" (?P<name>[^\n;()]{{2,50}}?){_AROUND}$",
        rf"{_AROUND}(?:avec|con|com|met|med|z)(?: (?:l'|la |el |información de|informaciones de|informações d[aeo]s?"
        rf"|agências?|datos de|fonte|l’))? ?(?P<name>[^\n;()]{{2,40}}?){_AROUND}$",
        rf"{_AROUND}(?:с использованием материалов|по материалам|по данным|за матеріалами)[: ]+"
        rf"(?P<name>[^\n;()]{{2,40}}?){_AROUND}$",
        rf"{_AROUND}(?:इनपुट|इनपुट्स)[: -]+(?P<name>[^\n;()]{{2,40}}?){_AROUND}$",
        rf"{_AROUND}(?:综合|綜合|据)(?P<name>[^\n;()]{{2,20}}?)(?:等?(?:报道|報道|消息)){_AROUND}$",
    )
)
_LISTED = re.compile(r",| & | und | and | et | y | e | и |、|，|/")


@lru_cache(maxsize=_REMEMBERED)
def find_credit(
    text: str, *, title: str = "", bylines: tuple[str, ...] = (), source_title: str | None = None
) -> Credit | None:
    """Return the agency or release service that an article credits, with the words that say so, or None.

    Asked in this order: dateline, tail and source line, a release service's lines, byline line, bylines, copyright, the
    feed's <source>, title, and last who gave material only. A name in a dateline's parentheses counts even when no
    table knows it; elsewhere it must be well known or call itself an agency ("Meridian Press"). Time does not grow with
    the text: its first and last 6,000 characters are looked at.
    """
    edges = edges_of(text)
    head, end, release = edges.head, edges.end, edges.release
    tail = [line[-_MAX_LINE_CHARS:] for line in end[-_MAX_TAIL_LINES:]]
    credit = _from_opening(head[:3]) or _from_tail(tail, text) or _from_release(release)
    if credit is not None:
        company = release.company if release is not None and credit.kind is CreditKind.RELEASE else None
        return replace(credit, company=company) if company else credit
    return (
        _from_byline([*head[:3], *bylines])
        or _from_names(bylines, CreditPlace.BYLINE)
        or _from_copyright(tail)
        or _from_names((source_title,) if source_title else (), CreditPlace.FEED)
        or _from_title(title)
        or _from_input([*head[:2], *tail])
    )


@lru_cache(maxsize=_REMEMBERED)
def edges_of(text: str) -> Edges:
    """Return where a text says whose it is."""
    head, end = edge_lines(text)
    return Edges(head=head, end=end, release=find_release(head, end))


def edge_lines(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the lines, stripped and not blank, of a text's first 6,000 characters and of its last."""
    head = _lines(text[:_EDGE_CHARS])
    return head, head if len(text) <= _EDGE_CHARS else _lines(text[-_EDGE_CHARS:])


def named_source(end: Sequence[str]) -> str | None:
    """Return whom a closing "Source: …" line names, an agency or not, or None. end: a text's last lines."""
    for line in reversed(end[-_MAX_TAIL_LINES:]):
        found = _SOURCE.match(line[:120])
        if found is not None and (name := agency_in(found["name"]) or proper_name(found["name"])):
            return name
    return None


def _lines(text: str) -> tuple[str, ...]:
    return tuple(stripped for line in text.split("\n") if (stripped := line.strip()))


def _from_opening(lines: Sequence[str]) -> Credit | None:
    """The credit of a dateline in the first paragraphs, or of a line that is nothing but an agency's name."""
    for line in lines:
        found = find_dateline(line)
        if found is not None and found.agency is not None and found.end < len(line):
            return Credit(agency=found.agency, evidence=found.words, place=CreditPlace.DATELINE)
        if len(line) <= 60 and (agency := _alone(line)):
            return Credit(agency=agency, evidence=line, place=CreditPlace.BYLINE)
    return None


def _alone(line: str) -> str | None:
    """The agency of a line that holds its name, or a writer's and its name, and nothing else."""
    _, comma, name = line.rpartition(", ")
    return known_agency(name) if comma and len(line.split()) <= 8 else known_agency(line)


def _from_tail(lines: Sequence[str], text: str) -> Credit | None:
    """The credit in the last lines: "(Name)", "Source: Name", a bare agency's name, a desk's signature."""
    for line in reversed(lines):
        source = _SOURCE.match(line[:120])
        if source and (agency := agency_in(source["name"]) or _outfit(source["name"])):
            return Credit(agency=agency, evidence=line, place=CreditPlace.SOURCE)
        if _SIGNED.match(line) and (agency := _signed(line, text)):
            return Credit(agency=agency, evidence=line)
        tail = _TAIL.search(line[-120:])
        if tail and (agency := _tail_agency(tail)):
            several = tail["name"] is not None and _lists_several(tail["name"])
            place = CreditPlace.INPUT if several else CreditPlace.TAIL
            return Credit(agency=agency, evidence=tail.group().strip(), place=place)
    return None


def _tail_agency(tail: re.Match[str]) -> str | None:
    """A well-known agency, or in parentheses one that calls itself so; other asides close sentences too."""
    if tail["glued"] is not None:
        return glued_agency(tail["glued"])
    if tail["known"] is not None:
        return known_agency(tail["known"]) if tail["known"].strip() else None
    # "… went to the self-help group (AA)." is no credit; "… went home. (AA)" is one.
    closes = not tail["after"] and (not tail["before"].strip() or tail["before"] in '.。!?…”"»।')
    name = tail["name"]
    agency = agency_in(name) if closes and _ends_sentence(tail) else known_agency(name)
    return agency or (proper_name(name) if AGENCY_WORD.search(name) else None)


def _ends_sentence(tail: re.Match[str]) -> bool:
    """Whether what stands before a closing parenthesis is a finished sentence, or nothing."""
    before = tail.string[: tail.start("name") - 1].rstrip(" ([（【［")
    return not before or before[-1] in ".。!?…”\"»।“'’"


def _signed(line: str, text: str) -> str | None:
    """The agency of a desk's signature: named in it, or Reuters, whose custom it is, where the text speaks of it."""
    named = _SIGNED_FOR.search(line)
    if named is not None and (agency := agency_in(named["name"].strip()) or _outfit(named["name"].strip())):
        return agency
    both = re.search(r"\breporting by\b.*\bediting by\b", line, re.IGNORECASE)
    return "Reuters" if both and "Reuters" in text[:_EDGE_CHARS] + text[-_EDGE_CHARS:] else None


def _from_release(release: Release | None) -> Credit | None:
    """The service that carried a press release."""
    if release is None or release.service is None:
        return None
    return Credit(agency=release.service, evidence=release.evidence, place=CreditPlace.SOURCE)


def _from_copyright(lines: Sequence[str]) -> Credit | None:
    """The agency that a copyright line names, the last such line first; a page's owner is none."""
    for line in reversed(lines):
        owner = _COPYRIGHT.search(line[:200])
        if owner and (agency := wire_name(owner["name"]) or _outfit(owner["name"])):
            return Credit(agency=agency, evidence=line[:200], place=CreditPlace.COPYRIGHT)
    return None


def _from_byline(lines: Sequence[str]) -> Credit | None:
    """ "By X, Name" on a line of its own."""
    for line in lines:
        found = _BY.match(line[:160])
        if found and (agency := _outfit(found["name"])):
            return Credit(agency=agency, evidence=line[:160], place=CreditPlace.BYLINE)
    return None


def _from_names(names: tuple[str, ...], place: CreditPlace) -> Credit | None:
    """A byline or source title that is an agency's name, or ends in one: "Jane Doe | AP", "X (Reuters)"."""
    for name in names:
        short = name[:_MAX_LINE_CHARS]
        for part in (short, *re.split(r"[|/,;()（）•]| for | of | - | via ", short)):
            if agency := _outfit(part.strip()):
                return Credit(agency=agency, evidence=short, place=place)
    return None


def _from_title(title: str) -> Credit | None:
    """A well-known agency behind the title: "… - Reuters", "… | AP News"."""
    found = re.search(rf"[ ](?:{_DASH}|\|)[ ](?P<name>[^|\n]{{2,40}})$", title[-_MAX_LINE_CHARS:])
    agency = known_agency(found["name"]) if found else None
    return Credit(agency=agency, evidence=title[-_MAX_LINE_CHARS:], place=CreditPlace.TITLE) if agency else None


def _from_input(lines: Sequence[str]) -> Credit | None:
    """An agency that gave material: "AP contributed to this report", "mit Material der dpa"."""
    for line in reversed(lines):
        if agency := _contributor(line):
            return Credit(agency=agency, evidence=line, place=CreditPlace.INPUT)
        for pattern in _INPUT:
            found = pattern.match(line)
            agency = _first_named(found["name"]) if found else None
            if found and agency:
                return Credit(agency=agency, evidence=found.group().strip(), place=CreditPlace.INPUT)
    return None


def _contributor(line: str) -> str | None:
    """The agency that "contributed to this report", itself or by its writers."""
    before, found, _ = line.partition(_CONTRIBUTED)
    if not found:
        return None
    names = re.split(r"[.!?;(] ?", before)[-1]
    return _first_named(_WRITER.split(names, maxsplit=1)[0].removesuffix(" also").strip())


def _first_named(names: str) -> str | None:
    """The first well-known agency in a list."""
    parts = (
        re.sub(r"^(?:the|der|die|la|l'|l’)\s?", "", part.strip(), flags=re.IGNORECASE) for part in _LISTED.split(names)
    )
    return next((agency for part in parts if (agency := wire_name(part))), None)


def _lists_several(names: str) -> bool:
    """Whether a parenthesis names more agencies than one: then the text was put together from them."""
    found: list[str | None] = [wire_name(part.strip()) for part in _LISTED.split(names) if part.strip()]
    return len({agency for agency in found if agency}) > 1


def _outfit(name: str) -> str | None:
    """The agency behind a name, when it is well known or calls itself a press or wire."""
    return known_agency(name) or (proper_name(name) if AGENCY_WORD.search(name) else None)
