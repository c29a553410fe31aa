"""Whom a text credits: the agency in a dateline, byline, tail, copyright or source line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.text.agencies import GLUED, known_agency


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """An agency and the words that name it."""

    agency: str
    evidence: str


_MAX_OPENING_CHARS = 400
_MAX_TAIL_LINES = 8
_DASH = r"(?:[-–—−]{1,2}|[‑―])"
_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽΑ-ΩА-ЯЁЄІЇҐЈЉЊЋЏ"
_TOWN = rf"[{_UPPER}][{_UPPER}.'’ʼ`/-]+(?:[ ][{_UPPER}][{_UPPER}.'’/-]+){{0,4}}"  # in capitals, as wires set it
_PLACE = rf"[{_UPPER}][\w.'’-]*(?:[ ](?:[{_UPPER}][\w.'’-]*|de|del|di|da|do|la|le|am|an|der|of|the|upon)){{0,4}}"
_NAME = r"[^()\[\]（）【】\n]{2,60}"
_OPEN, _CLOSE = r"[(\[（【]", r"[)\]）】]"
_MONTH = r"[^\s\d,.()]{3,12}"
_DAY = rf"(?:\d{{1,2}}\.?[ ]?(?:de[ ])?{_MONTH}\.?|{_MONTH}\.?[ ]\d{{1,2}})"
_WHEN = rf"(?:,?[ ]{_DAY}(?:,?[ ](?:de[ ])?\d{{4}})?(?:[ ]?г\.)?)"
_ARABIC = "\u0600-\u06ff"
_HAN = "\u3040-\u9fff"
_HANGUL = "\uac00-\ud7af"
_DATELINES = tuple(
    re.compile("".join(parts))
    for parts in (
        # LONDON, Sept 5 (Reuters) -   Madrid, 5 sep (EFE).-   Berlin (dpa) -   نيويورك (رويترز) -
        (
            rf"(?P<place>[^\W\d_][^()\[\]\n:;!?]{{1,70}}?)(?P<when>{_WHEN})?,?[ ]?{_OPEN}[ ]?(?P<name>{_NAME}?)[ ]?",
            rf"{_CLOSE}\.?[ ]?(?:{_DASH}|[:：=|])[ ]?",
        ),
        # नई दिल्ली, 5 सितंबर (भाषा) without a dash behind it
        (rf"(?P<place>[^\W\d_][^()\[\]\n:;!?.]{{1,60}}?){_WHEN},?[ ]?{_OPEN}(?P<known>{_NAME}?){_CLOSE}\.?[ ]",),
        # (ANSA) - ROMA, 05 SET -   [東京 5日 ロイター] -   （新华社北京9月5日电）  (서울=연합뉴스)
        (
            rf"{_OPEN}(?P<known>{_NAME}?){_CLOSE}[ ]?{_DASH}?[ ]?(?:{_TOWN}{_WHEN}?[ ]?{_DASH}[ ]?)?",
            rf"(?:[{_HANGUL}]{{2,5}}[ ]기자[ ]?=[ ]?)?",
        ),
        # МОСКВА, 5 сентября. /ТАСС/.
        (
            rf"(?P<place>{_PLACE}){_WHEN}?[.,]?[ ](?:/|{_DASH}[ ])?(?P<known>[\w -]{{2,40}}?)",
            rf"(?:/\.?|[ ]?[.:]|[ ]{_DASH})[ ]",
        ),
        # WASHINGTON | ANSA –
        (
            rf"(?P<place>{_PLACE})[ ]?[|/•][ ]?(?P<name>[{_UPPER}a-z][\w .&'’-]{{1,40}}?)[ ]?",
            rf"(?:{_DASH}|[|:])[ ]",
        ),
        # القاهرة - رويترز -
        (
            rf"(?P<place>[{_ARABIC}][{_ARABIC} ]{{1,40}}?)[ ]?{_DASH}[ ]?{_OPEN}?(?P<known>[{_ARABIC}. ]{{3,30}}?)",
            rf"{_CLOSE}?[ ]?(?:{_DASH}|[:،])[ ]?",
        ),
        # AP, Washington:   Reuters -
        (rf"(?P<known>[\w -]{{2,30}}?)(?:,[ ]{_PLACE})?[ ]?(?::|[ ]{_DASH})[ ]",),
        # NEW DELHI:   ANCHORAGE, Alaska —   BERLIN, 5 Sept -
        (rf"(?P<place>{_TOWN})(?:,[ ]{_PLACE})?{_WHEN}?[ ]?(?:{_DASH}[ ]|:[ ])[ ]?",),
        # 新华社北京9月5日电（记者…）  中新社东京讯
        (
            rf"(?P<glued>[{_HAN}]{{2,6}}社|共同|時事)(?P<place>[{_HAN}]{{1,12}})\d{{0,2}}月?\d{{0,2}}日?[电電讯訊]",
            r"(?:[（(][^）)\n]{1,40}[）)])?[ ]?",
        ),
        # 서울=연합뉴스
        (
            rf"[(]?(?P<place>[{_HANGUL}]{{1,10}})=(?P<glued>[{_HANGUL}]{{2,10}})[)]?[ ]?",
            rf"(?:[{_HANGUL}]{{2,5}}[ ]기자[ ]?=?[ ]?)?",
        ),
    )
)
# What stands in a dateline's parentheses and is no credit.
_NOT_A_NAME = re.compile(
    r"\d|^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?$|^(?:mon|tues|wednes|thurs|fri|satur|sun)day$"
    r"|^(?:left|right|center|centre|l|r|pictured|file|photo|video|update|updated|corrected|live|watch|opinion|see|and|or"
    r"|via|with|who|which|not|but|also|sic)\b|photo|image|picture|[.!?]\s|,\s\w+\s\w+\s\w+",
    re.IGNORECASE,
)
_BY = re.compile(
    r"^(?:By|Von|Par|Por|Di|De|Door|Автор:?)[ ][^\n,;|]{2,60}?(?:,|[ ]?[|/•]|[ ](?:of|for|at))[ ]"
    r"(?P<name>[^\n,;|]{2,60})$",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)[ ]*(?:©|\(c\)|copyright)?[ ]*(?:(?:19|20)\d\d(?:[ ]?[-–][ ]?(?:19|20)?\d\d)?)?,?[ ]*"
    r"(?:by[ ])?(?:the[ ])?(?P<name>[^\n.,;©|]{2,50}?)(?:,[ ]?inc)?[ ]?(?:[.,;|]|[ ]?[-–—]|all[ ]rights|$)",
    re.IGNORECASE,
)
_SOURCE = re.compile(
    r"^(?:source|sources|quelle|fuente|fonte|bron|źródło|источник|джерело|kaynak|المصدر|स्रोत|来源|來源|出典|출처"
    r"|agency|agence|agencia)[ ]?[:：][ ]*(?P<name>[^\n:;]{2,50}?)\.?$",
    re.IGNORECASE,
)
_TAIL = re.compile(
    rf"(?:^|[\s.。”\"»]){_OPEN}(?:(?:source|quelle|fuente|с|via)[:：]?[ ])?(?P<name>{_NAME}?){_CLOSE}\.?$"
    r"|^(?:[-–—*/]+[ ]?)?(?P<known>[\w .&-]{2,40}?)(?:[ ]?[-–—*/.]+)?$",
    re.IGNORECASE,
)
_AGENCY_WORD = re.compile(
    r"\b(?:press|presse|newsagency|news agency|news service|newswire|wires?|agency|agence|agencia|agenzia|agentur)\b",
    re.IGNORECASE,
)
_SHOUT = re.compile(r"UPDATE|LIVE|BREAKING|WATCH|CORRECTED|NOTE|PHOTOS?|VIDEO|EXCLUSIVE|FILE|FAQ|TL.DR|DEAR .*")
_THE = re.compile(r"^(?:the|la|le|die|der|el)[ ]", re.IGNORECASE)


def find_credit(
    text: str, *, title: str = "", bylines: tuple[str, ...] = (), source_title: str | None = None
) -> Credit | None:
    """Return the agency that an article credits, with the words that say so, or None.

    Asked in this order: dateline, tail and source line, byline line, bylines, copyright, the feed's <source>, title.
    A name in a dateline's parentheses, a tail, a source line or a copyright counts even when no table knows it;
    a byline's or <source>'s only when it is a well-known agency or calls itself one ("Meridian Press").
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return (
        _from_opening(lines[:3])
        or _from_tail(lines[-_MAX_TAIL_LINES:])
        or _from_byline([*lines[:3], *bylines])
        or _from_names(bylines)
        or _from_copyright(lines[-_MAX_TAIL_LINES:])
        or _from_names((source_title,) if source_title else ())
        or _from_title(title)
    )


def split_dateline(text: str) -> tuple[str, str]:
    """Return (dateline with its credit, the rest) of a text; the dateline is empty where there is none."""
    stripped = text.lstrip()
    found = _dateline(stripped[:_MAX_OPENING_CHARS])
    if found is None:
        return "", text
    dateline = re.sub(rf"[\s:=|]*{_DASH}?[\s:=|]*$", "", found.group())
    return dateline, stripped[found.end() :].lstrip()


def _dateline(opening: str) -> re.Match[str] | None:
    """The first form of dateline that fits the opening."""
    for form in _DATELINES:
        found = form.match(opening)
        if found is not None and _credible(found):
            return found
    return None


def _credible(found: re.Match[str]) -> bool:
    """Whether a match is a dateline and not a sentence that happens to hold a parenthesis or a colon."""
    groups = found.groupdict()
    if groups.get("known") is not None:
        return _agency_in(groups["known"]) is not None
    if groups.get("glued") is not None:
        return known_agency(groups["glued"]) is not None
    if groups.get("name") is not None:
        return _is_place(groups["place"]) and _is_dateline_name(groups)
    return not _SHOUT.fullmatch(groups["place"])


def _is_dateline_name(groups: dict[str, str | None]) -> bool:
    """Whether the parenthesis credits someone: a table's name, or any behind a town in capitals or with a date."""
    name, place = groups["name"] or "", groups["place"] or ""
    if known_agency(name) is not None:
        return True
    wired = place.split(",")[0].isupper() or bool(groups.get("when")) or _AGENCY_WORD.search(name) is not None
    return wired and _named(name) is not None


def _is_place(words: str) -> bool:
    """Whether words can be a place and its date: few, and capitalised where the script knows capitals."""
    parts = words.split()
    if not 1 <= len(parts) <= 8:
        return False
    cased = [part for part in parts if part[0].isalpha() and part.lower() != part.upper()]
    return not cased or (cased[0][0].isupper() and sum(part[0].isupper() for part in cased) * 2 >= len(cased))


def _from_opening(lines: list[str]) -> Credit | None:
    """The credit of a dateline in the first paragraphs."""
    for line in lines:
        found = _dateline(line[:_MAX_OPENING_CHARS])
        if found is None:
            continue
        groups = found.groupdict()
        raw = groups.get("name") or groups.get("known") or groups.get("glued")
        agency = (_agency_in(raw) or _named(raw)) if raw else None
        if agency:
            return Credit(agency=agency, evidence=found.group().strip())
    return None


def _from_tail(lines: list[str]) -> Credit | None:
    """The credit in the last lines: "(Name)", "Source: Name", a bare agency's name."""
    for line in reversed(lines):
        source = _SOURCE.match(line)
        if source and (agency := _named(source["name"])):
            return Credit(agency=agency, evidence=line)
        tail = _TAIL.search(line[-120:])
        if tail and (agency := _tail_agency(tail)):
            return Credit(agency=agency, evidence=tail.group().strip())
    return None


def _from_copyright(lines: list[str]) -> Credit | None:
    """The owner that a copyright line names, the last such line first."""
    for line in reversed(lines):
        owner = _COPYRIGHT.search(line[:200])
        if owner and (agency := _named(owner["name"])):
            return Credit(agency=agency, evidence=line[:200])
    return None


def _tail_agency(tail: re.Match[str]) -> str | None:
    """A well-known agency, or in parentheses one that calls itself so; other asides close sentences too."""
    if tail["known"] is not None:
        return known_agency(tail["known"]) if tail["known"].strip() else None
    agency = _agency_in(tail["name"])
    return agency or (_named(tail["name"]) if _AGENCY_WORD.search(tail["name"]) else None)


def _from_byline(lines: list[str]) -> Credit | None:
    """ "By X, Name" on a line of its own."""
    for line in lines:
        found = _BY.match(line[:160])
        if found and (agency := _outfit(found["name"])):
            return Credit(agency=agency, evidence=line[:160])
    return None


def _from_names(names: tuple[str, ...]) -> Credit | None:
    """A byline or source title that is an agency's name, or ends in one: "Jane Doe | AP", "X (Reuters)"."""
    for name in names:
        for part in (name, *re.split(r"[|/,;()（）•]| for | of | - | via ", name)):
            if agency := _outfit(part.strip()):
                return Credit(agency=agency, evidence=name)
    return None


def _from_title(title: str) -> Credit | None:
    """A well-known agency behind the title: "… - Reuters", "… | AP News"."""
    found = re.search(rf"[ ](?:{_DASH}|\|)[ ](?P<name>[^|\n]{{2,40}})$", title)
    agency = known_agency(found["name"]) if found else None
    return Credit(agency=agency, evidence=title) if agency else None


def _outfit(name: str) -> str | None:
    """The agency behind a name, when it is well known or calls itself a press or wire."""
    return known_agency(name) or (_named(name) if _AGENCY_WORD.search(name) else None)


def _agency_in(name: str) -> str | None:
    """A well-known agency, alone, before "/Town", or glued to a place and date as in 新华社北京9月5日电."""
    return known_agency(name) or next((known_agency(spelling) for spelling in GLUED if spelling in name), None)


def _named(name: str) -> str | None:
    """A name fit to be a credit, in its usual form, or None where it is a date, an aside or a photo credit."""
    known = _agency_in(name)
    if known:
        return known
    plain = _THE.sub("", " ".join(name.split())).strip(" .,-–—")
    if not 2 <= len(plain) <= 50 or len(plain.split()) > 6 or _NOT_A_NAME.search(plain):
        return None
    short = plain.isidentifier() and len(plain) <= 5  # dpa, ots
    return plain if plain[0].isupper() or plain.upper() == plain.lower() or short else None
