"""Whether words in a credit can be the name of an outfit."""

from __future__ import annotations

import re

#: What an outfit that calls itself an agency or a wire calls itself.
AGENCY_WORD = re.compile(
    r"\b(?:press|presse|newsagency|news agency|news service|newswire|wires?|agency|agence|agencia|agência|agenzia"
    r"|agentur|agencja|ajansı|nyhetsbyrå|persbureau|agentúra|agentura|agenția)\b"
    r"|агентств|агенці|通讯社|通訊社|通信社|통신사?$|وكالة|خبرگزاری|एजेंसी|สำนักข่าว",
    re.IGNORECASE,
)
# What stands in a dateline's parentheses and is no credit.
_NOT_A_NAME = re.compile(
    r"\d|^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?$|^(?:mon|tues|wednes|thurs|fri|satur|sun)day$"
    r"|^(?:left|right|center|centre|l|r|pictured|file|photo|video|update|updated|corrected|live|watch|opinion|see|and|or"
    r"|via|with|who|which|not|but|also|sic)\b|photo|image|picture|[.!?]\s|,\s\w+\s\w+\s\w+",
    re.IGNORECASE,
)
_THE = re.compile(r"^(?:the|la|le|die|der|el)[ ]", re.IGNORECASE)


def proper_name(words: str) -> str | None:
    """Return a name fit to be a credit, without its article, or None where it is a date, an aside or a photo credit."""
    plain = _THE.sub("", " ".join(words.split())).strip(" .,-–—")
    if not 2 <= len(plain) <= 50 or len(plain.split()) > 6 or _NOT_A_NAME.search(plain):
        return None
    short = plain.isidentifier() and len(plain) <= 5  # dpa, ots
    return plain if plain[0].isupper() or plain.upper() == plain.lower() or short else None
