"""The place, date and credit that open a wire story, in the customs of many languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ingest.text.agencies import glued_agency, known_agency, wire_name
from ingest.text.names import AGENCY_WORD, proper_name

MAX_OPENING_CHARS = 400
_DASH = r"(?:[-–—−]{1,2}|[‑―])"
_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽΑ-ΩА-ЯЁЄІЇҐЈЉЊЋЏ"
_TOWN = rf"[{_UPPER}][{_UPPER}.'’ʼ`/-]+(?:[ ][{_UPPER}][{_UPPER}.'’/-]+){{0,4}}"  # in capitals, as wires set it
_PLACE = rf"[{_UPPER}][\w.'’-]*(?:[ ](?:[{_UPPER}][\w.'’-]*|de|del|di|da|do|la|le|am|an|der|of|the|upon)){{0,4}}"
_NAME = r"[^()\[\]（）【】\n]{2,60}"
_OPEN, _CLOSE = r"[(\[（【]", r"[)\]）】]"
_MONTH = r"[^\s\d,.()/]{3,12}"
_DAY = rf"(?:\d{{1,2}}\.?[ ]?(?:de[ ])?{_MONTH}\.?|{_MONTH}\.?[ ]\d{{1,2}})"
_WHEN = rf"(?:,?[ ]{_DAY}(?:,?[ ](?:de[ ])?\d{{4}})?(?:[ ]?г\.)?)"
_ARABIC = "\u0600-\u06ff"
_HAN = "\u3040-\u9fff"
_HANGUL = "\uac00-\ud7af"
_DEVANAGARI = "\u0900-\u097f"
_REPORTER = rf"(?:[{_HANGUL}]{{2,5}}(?:[ ·,]{{1,2}}[{_HANGUL}]{{2,5}}){{0,3}}[ ](?:기자|특파원)[ ]?=[ ]?)"
_BRACKETS, _DASHES = "([（【", "-–—−‑―"
# Each with the signs of which one must stand in the opening: most openings have no bracket, bar or equals sign.
_FORMS = tuple(
    (frozenset(signs), re.compile("".join(parts)))
    for signs, *parts in (
        # Vancouver, British Columbia--(Newsfile Corp. - November 3, 2026) -
        (
            "(",
            rf"(?P<place>[^\W\d_][^()\[\]\n:;!?]{{1,70}}?)[ ]?{_DASH}\((?P<known>Newsfile Corp)\.?[ ]?{_DASH}",
            rf"[^()\n]{{6,30}}\)[ ]?{_DASH}[ ]",
        ),
        # LONDON, Sept 5 (Reuters) -   Madrid, 5 sep (EFE).-   Berlin (dpa) -   نيويورك (رويترز) -
        (
            _BRACKETS,
            r"(?:\d{1,2}\.\d{1,2}\.(?:\d{4})?[ ])?",
            rf"(?P<place>[^\W\d_][^()\[\]\n:;!?]{{1,70}}?)(?P<when>{_WHEN})?,?[ ]?{_OPEN}[ ]?(?P<name>{_NAME}?)[ ]?",
            rf"{_CLOSE}\.?[ ]?(?:{_DASH}|[:：=|])[ ]?",
        ),
        # नई दिल्ली, 5 सितंबर (भाषा) without a dash behind it; the day may be a word
        (
            _BRACKETS,
            rf"(?P<place>[^\W\d_][^()\[\]\n:;!?.]{{1,60}}?){_WHEN},?[ ]?{_OPEN}(?P<known>{_NAME}?){_CLOSE}\.?[ ]",
        ),
        (
            _BRACKETS,
            rf"(?P<place>[{_DEVANAGARI}][{_DEVANAGARI}/ -]{{1,30}},[ ][{_DEVANAGARI}/, -]{{1,30}}?)[ ]",
            r"\((?P<known>[^()\n]{2,30})\)[।.:]?[ ]",
        ),
        # (ANSA) - ROMA, 05 SET -   (AGI) - Roma, 5 set. -   [東京 5日 ロイター] -   （新华社北京9月5日电）
        # (서울=연합뉴스)
        (
            _BRACKETS,
            rf"{_OPEN}(?P<known>{_NAME}?){_CLOSE}[ ]?{_DASH}?[ ]?",
            rf"(?:(?:{_TOWN}{_WHEN}?|{_PLACE}{_WHEN})[ ]?{_DASH}[ ]?)?{_REPORTER}?",
        ),
        # NEW YORK, NY / ACCESSWIRE / November 3, 2026 /   أبوظبي في 5 سبتمبر / وام /   5 сентября, Минск /Корр. БЕЛТА/.
        (
            "/",
            r"(?P<place>[^\W_][^()\[\]\n:;!?/]{1,70}?)[ ]?/[ ]?(?:Корр\.?[ ])?(?P<known>[^/\n]{2,30}?)[ ]?/",
            rf"(?:[ ][^/\n]{{6,24}}[ ]/)?\.?[ ]?(?:{_DASH})?[ ]?",
        ),
        # МОСКВА, 5 сентября. /ТАСС/.   МОСКВА, 5 сен — РИА Новости.   Berlin - ots -
        (
            "/.:" + _DASHES,
            rf"(?P<place>{_PLACE}){_WHEN}?[.,]?[ ](?:/|{_DASH}[ ])?(?P<known>[\w -]{{2,40}}?)",
            rf"(?:/\.?(?:[ ]{_DASH})?|[ ]?[.:]|[ ]{_DASH}(?:[ ]\d{{1,2}}[ ]{_MONTH}[ ]\d{{4}}[ ]{_DASH})?)[ ]",
        ),
        # Москва. 5 сентября. INTERFAX.RU -   КИЇВ. 5 вересня. УНН.
        (
            ".",
            rf"(?P<place>{_PLACE})\.[ ](?:{_DAY}(?:[ ]\d{{4}}(?:[ ]года)?)?\.[ ])?(?P<known>[\w][\w .-]{{1,40}}?)",
            rf"(?:\.|[ ]{_DASH})[ ]",
        ),
        # WASHINGTON | ANSA –
        (
            "|/•",
            rf"(?P<place>{_PLACE})[ ]?[|/•][ ]?(?P<name>[{_UPPER}a-z][\w .&'’-]{{1,40}}?)[ ]?",
            rf"(?:{_DASH}|[|:])[ ]",
        ),
        # القاهرة - رويترز -   إسطنبول/ الأناضول
        (
            _DASHES + "/",
            rf"(?P<place>[{_ARABIC}][{_ARABIC} ]{{1,40}}?)[ ]?(?:{_DASH}|/)[ ]?{_OPEN}?",
            rf"(?P<known>[{_ARABIC}. ]{{3,30}}?){_CLOSE}?[ ]?(?:{_DASH}|[:،])[ ]?",
        ),
        # القاهرة في 5 سبتمبر (أ ش أ) without a dash
        (
            "(",
            rf"(?P<place>[{_ARABIC}]{{2,15}}(?:[ ][{_ARABIC}]{{2,15}})?",
            rf"|[{_ARABIC} -]{{2,30}}\d[{_ARABIC} \d-]{{1,25}}?)[ ]?",
            rf"\((?P<known>[{_ARABIC}. ]{{2,30}}?)\)(?:[ ]?{_DASH}[ ]|[ .]{{1,2}})",
        ),
        # AP, Washington:   Reuters -
        (
            ":" + _DASHES,
            rf"(?P<opens>[\w -]{{2,30}}?)(?:,[ ]{_PLACE})?[ ]?(?::|[ ]{_DASH})[ ]",
        ),
        # NEW DELHI:   ANCHORAGE, Alaska —   BERLIN, 5 Sept -
        (
            ":" + _DASHES,
            rf"(?P<place>{_TOWN})(?:,[ ]{_PLACE})?{_WHEN}?[ ]?(?:{_DASH}[ ]|:[ ])[ ]?",
        ),
        # 新华社北京9月5日电（记者…）  中新网东京9月5日电 (记者 王明)  据新华社电
        (
            "社网網",
            rf"据?(?P<glued>[{_HAN}]{{2,6}}社|中新网|新华网|新華網)(?P<place>[{_HAN}]{{0,12}}?)\d{{0,2}}月?\d{{0,2}}日?",
            r"(?:[电電讯訊]|消息)[ ]?(?:[（(][^）)\n]{1,40}[）)])?[ ，：,:]?[ ]?",
        ),
        # 서울=연합뉴스   (서울=뉴스1)
        (
            "=",
            rf"[(]?(?P<place>[{_HANGUL}]{{1,10}})=(?P<glued>[{_HANGUL}]{{2,10}})[)]?[ ]?{_REPORTER}?",
        ),
    )
)
_SHOUT = re.compile(r"UPDATE|LIVE|BREAKING|WATCH|CORRECTED|NOTE|PHOTOS?|VIDEO|EXCLUSIVE|FILE|FAQ|TL.DR|DEAR .*")
_PERSONS = frozenset({"Bloomberg"})  # whose name also opens an answer in an interview
# Forms of full width, one character for one, so that places in the text stay.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20, 0x202F: 0x20}
_FULL_WIDTH = frozenset(map(chr, _HALF_WIDTH))
_END = re.compile(rf"[\s:=|]*{_DASH}?[\s:=|]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    """What opens a wire story, the agency that it names, and where the story itself begins."""

    words: str
    agency: str | None
    end: int  # characters


def find_dateline(text: str) -> Dateline | None:
    """Return the dateline that opens a text, or None. Only the first 400 characters are looked at."""
    return _opened(text[:MAX_OPENING_CHARS])


@lru_cache(maxsize=256)  # cleaning, credits and releases all ask of the same few lines
def _opened(text: str) -> Dateline | None:
    """The dateline of an opening."""
    opening, signs = text, set(text)
    if not signs.isdisjoint(_FULL_WIDTH):
        opening = text.translate(_HALF_WIDTH)
        signs = set(opening)
    for needed, form in _FORMS:
        found = None if needed.isdisjoint(signs) else form.match(opening)
        if found is not None and _credible(found):
            return Dateline(words=text[: found.end()].strip(), agency=_agency(found.groupdict()), end=found.end())
    return None


def split_dateline(text: str) -> tuple[str, str]:
    """Return (dateline with its credit, the rest) of a text; the dateline is empty where there is none."""
    stripped = text.lstrip()
    found = find_dateline(stripped)
    if found is None:
        return "", text
    return _END.sub("", stripped[: found.end]), stripped[found.end :].lstrip()


def agency_in(name: str) -> str | None:
    """Return the well-known agency that stands alone, before "/Town", or glued to a place and date."""
    found = wire_name(name) or glued_agency(name)
    if found is None and (dated := re.match(r"(?:\d{1,2}月)?\d{1,2}日[ ]", name)):  # 【9月5日 AFP】
        return wire_name(name[dated.end() :])
    return found


def _agency(groups: dict[str, str | None]) -> str | None:
    """Whom a dateline credits."""
    raw = groups.get("name") or groups.get("known") or groups.get("opens") or groups.get("glued")
    return (agency_in(raw) or proper_name(raw)) if raw else None


def _credible(found: re.Match[str]) -> bool:
    """Whether a match is a dateline and not a sentence that happens to hold a parenthesis or a colon."""
    groups = found.groupdict()
    place = groups.get("place")
    if (known := groups.get("known")) is not None:
        return agency_in(known) is not None and (place is None or not _spells_out(place, known))
    if (opens := groups.get("opens")) is not None:
        return known_agency(opens) is not None and opens not in _PERSONS
    if (glued := groups.get("glued")) is not None:
        return agency_in(glued) is not None
    if groups.get("name") is not None:
        return _is_place(groups["place"]) and _is_dateline_name(groups)
    return not _SHOUT.fullmatch(groups["place"])


def _is_dateline_name(groups: dict[str, str | None]) -> bool:
    """Whether the parenthesis credits someone: a table's name, or any behind a town in capitals or with a date."""
    name, place = groups["name"] or "", groups["place"] or ""
    if known_agency(name) is not None or glued_agency(name) is not None:
        return not _spells_out(place, name)
    wired = place.split(",")[0].isupper() or bool(groups.get("when"))
    if wire_name(name) is not None:
        return (wired or len(place.split()) <= 2) and not _spells_out(place, name)
    return (wired or AGENCY_WORD.search(name) is not None) and proper_name(name) is not None


def _spells_out(place: str, name: str) -> bool:
    """Whether a parenthesis is the short form of the words before it: "the Automobile Association (AA)"."""
    initials = "".join(word[0] for word in re.findall(r"[^\W\d_]+", place) if word[0].isupper())
    return len(name) >= 2 and name.isupper() and initials.endswith(name) and len(initials) > 1


def _is_place(words: str) -> bool:
    """Whether words can be a place and its date: few, and capitalised where the script knows capitals."""
    parts = words.split()
    if not 1 <= len(parts) <= 8:
        return False
    cased = [part for part in parts if part[0].isalpha() and part.lower() != part.upper()]
    return not cased or (cased[0][0].isupper() and sum(part[0].isupper() for part in cased) * 2 >= len(cased))
