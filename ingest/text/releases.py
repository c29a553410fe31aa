"""Press releases: the service that carried one, and the company or institution that speaks in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ingest.text.agencies import is_release_service, known_agency, wire_name
from ingest.text.datelines import find_dateline

_MAX_LINE_CHARS = 400
_OPENING_LINES = 6
_CLOSING_LINES = 25  # contacts and an "About" stand behind the text
_COMPANY = r"(?P<company>[^\n:|;]{2,80}?)"


class _Sign(NamedTuple):
    """A pattern, asked only of lines that hold one of its needles. `opens`: it stands at a line's beginning."""

    needles: tuple[str, ...]
    pattern: re.Pattern[str]
    opens: bool

    def of(self, line: str) -> re.Match[str] | None:
        """Where the sign stands in a line."""
        return self.pattern.match(line) if self.opens else self.pattern.search(line)


def _signs(*rules: tuple[str, str]) -> tuple[_Sign, ...]:
    """Signs of (needles parted by "|", a "^" before them where the line begins with the pattern; pattern)."""
    return tuple(
        _Sign(tuple(needles.removeprefix("^").split("|")), re.compile(pattern), needles.startswith("^"))
        for needles, pattern in rules
    )


def _asked(signs: Sequence[_Sign], lines: Sequence[str]) -> list[_Sign]:
    """The signs whose needles stand anywhere in the lines: none, as a rule."""
    whole = "\n".join(lines)
    return [sign for sign in signs if any(needle in whole for needle in sign.needles)]


# Who speaks, as services set it: such a line alone makes a release.
_ISSUERS = _signs(
    ("SOURCE ", rf"(?:^|[.)/][ ]?)SOURCE[ ]+{_COMPANY}[.]?$"),
    (
        "^Original-Content von|Original content by|Contenu original|Contenuto originale",
        rf"(?:Original-Content von|Original content by|Contenu original|Contenuto originale)[: ]+{_COMPANY}"
        r"(?:,?[ ](?:übermittelt|transmitted|transmis|trasmesso)\b.{0,60})?$",
    ),
    ("^Emittent|Issuer", rf"(?:Emittent ?/ ?Herausgeber|Issuer ?/ ?Publisher)[: ]+{_COMPANY}$"),
    ("^EQS-|DGAP-", rf"(?:EQS|DGAP)-(?:News|Adhoc|PVR|Ad-hoc|CMS|DD|Media)[: ]+{_COMPANY}(?:[ ]?/[ ].{{0,120}})?$"),
    ("APO Group", rf"\b[Dd]istributed by APO Group on behalf of {_COMPANY}[.]?$"),
    ("^消息", rf"(?:消息来源|消息來源)[ ：:]+{_COMPANY}$"),
)
# The same in words that charts and credits use too: they count in what is a release for another reason.
_ISSUERS_WITHIN = _signs(
    (
        "^SOURCE|Source|Quelle|Fuente|Fonte|Источник",
        rf"(?:SOURCE|Source|Quelle|Fuente|Fonte|Источник)[ ]?[:：][ ]*{_COMPANY}[.]?$",
    ),
    ("^Company|Issuer|Emittent|Unternehmen", rf"(?:Company|Issuer|Emittent|Unternehmen)[ ]?:[ ]*{_COMPANY}$"),
    ("^会社|商号|社名", rf"【?(?:会社概要】?[ ]?)?(?:会社名|商号|社名)[ ：:]+{_COMPANY}$"),
    ("^출처", rf"(?:보도자료 출처|출처)[ ：:]+{_COMPANY}$"),
)
_ABOUT = re.compile(
    r"^(?:About|Über|Ueber|À propos d[eu'’]|A propos de|Acerca de|Sobre|Informazioni su|Chi è|Over|O firmie|О компании"
    r"|Про компанію|关于|關於)[ ]?(?:the[ ])?(?P<company>[^\n:.!?]{2,60}?)[ ]?(?:[:：]|$)"
)
_MARK = re.compile(
    r"^\W{0,3}(?:for immediate release|press release|media release|news release|pressemitteilung|presseaussendung"
    r"|medienmitteilung|communiqué de presse|comunicato stampa|comunicado de prensa|nota de prensa|nota à imprensa"
    r"|persbericht|pressmeddelande|pressemelding|informacja prasowa|tisková zpráva|basın bülteni|пресс-релиз|пресреліз"
    r"|新闻稿|新聞稿|プレスリリース|보도자료|بيان صحفي)\b",
    re.IGNORECASE,
)
# Words that a service puts around what it carries.
_SERVICE_SIGNS = _signs(
    (
        "iew ",
        r"\b[Vv]iew (?:original (?:content|release)|source version)(?: [^\n]{0,80})?(?: on|:)[^\n]{0,40}?(?:https?://)?"
        r"(?:www\.)?(?P<host>[\w-]+\.(?:com|co\.uk|ca|de|ch))",
    ),
    ("news aktuell", r"\b(?:übermittelt durch|transmitted by|transmis par|trasmesso da) (?P<name>news aktuell)\b"),
    ("^OTS-ORIGINALTEXT", r"(?P<name>OTS)-ORIGINALTEXT\b"),
    ("^EQS-|DGAP-", r"(?P<name>EQS|DGAP)-(?:News|Adhoc|PVR|Ad-hoc|CMS|DD|Media)\b"),
    ("APO Group", r"\b[Dd]istributed by (?P<name>APO Group)\b"),
    (
        "^WIRE|美通社|PR TIMES",
        r"\W{0,3}(?P<name>(?:PR|GLOBE|BUSINESS|ACCESS)[ ]?NEWS?WIRE|BUSINESS WIRE|美通社|PR TIMES)\b",
    ),
)
_NOT_A_COMPANY = re.compile(
    r"https?:|www\.|@|^(?:us|me|this|our|the|author|autor|company|cookies|mich|uns|nous|nosotros)\b|[,;]\s\w+\s\w+\s\w+\s\w+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A press release: the service that carried it, who speaks in it, and the words that say so."""

    service: str | None
    company: str | None
    evidence: str


def find_release(head: Sequence[str], end: Sequence[str]) -> Release | None:
    """Return what marks an article as a press release, or None.

    head, end: its first lines and its last ones, which may be the same. A service's dateline or closing line makes one,
    or the words "press release" above it, or a line that names the issuer as services set it ("SOURCE Acme Corp"). A
    heading "About Acme" alone makes none, as any page may have it; in a release it names who speaks.
    """
    opening = [line[:_MAX_LINE_CHARS] for line in head[:_OPENING_LINES]]
    closing = [line[-_MAX_LINE_CHARS:] for line in end[-_CLOSING_LINES:]]
    service, evidence = _service(opening, closing)
    company, named = _issuer(_ISSUERS, [*opening, *closing])
    marked = next((line for line in opening if len(line) <= 80 and _MARK.match(line)), None)
    told = evidence or named or marked
    if told is None:
        return None
    company = company or _issuer(_ISSUERS_WITHIN, closing)[0] or _about(closing)
    return Release(service=service, company=company, evidence=told[:_MAX_LINE_CHARS])


def _service(opening: list[str], closing: list[str]) -> tuple[str | None, str | None]:
    """The service, and the words that name it."""
    for line in opening[:3]:
        found = find_dateline(line)
        if found is not None and found.agency is not None and is_release_service(found.agency):
            return found.agency, found.words
    asked = _asked(_SERVICE_SIGNS, [*opening, *closing])
    for line in (*opening, *closing) if asked else ():
        for sign in asked:
            named = sign.of(line)
            if named is None:
                continue
            service = wire_name(named[named.lastgroup or 0].removesuffix(".com").removesuffix(".ca"))
            if service is not None and is_release_service(service):
                return service, named.group()
    return None, None


def _issuer(signs: tuple[_Sign, ...], lines: list[str]) -> tuple[str | None, str | None]:
    """Who speaks, and the line that says so; the last such line counts."""
    asked = _asked(signs, lines)
    for line in reversed(lines if asked else ()):
        for sign in asked:
            found = sign.of(line)
            company = _company(found["company"]) if found is not None else None
            if company is not None and known_agency(company) is None:
                return company, line
    return None, None


def _about(closing: list[str]) -> str | None:
    """The company that a heading "About …" names."""
    for line in reversed(closing):
        found = _ABOUT.match(line[:80])
        if found is not None and (len(line) <= 70 or ":" in line[:70] or "：" in line[:70]):
            company = _company(found["company"])
            if company is not None:
                return company
    return None


def _company(words: str) -> str | None:
    """Words fit to be the name of who speaks."""
    plain = " ".join(words.split()).strip(" .,:;/-–—()")
    if not 2 <= len(plain) <= 80 or len(plain.split()) > 9 or _NOT_A_COMPANY.search(plain):
        return None
    return plain if plain[0].isupper() or plain[0].isdigit() or plain.upper() == plain.lower() else None
