"""The words in which matching says what decided, each with its meaning; `docs/reference/words.md` prints them.

A word that is not among them is an error of types: `make check` finds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

#: What decided on a pair; stands in `verdicts.reason`.
VerdictReason = Literal[
    "copy",
    "bump",
    "late",
    "abridgement",
    "flash",
    "rewrite",
    "summary",
    "revision",
    "correction",
    "update",
    "liveblog",
    "roundup",
    "quotes",
    "ordinals",
    "direction",
    "numbers",
    "names",
    "dates",
    "subject",
    "routine",
    "column",
    "boilerplate",
    "part",
    "background",
    "gap",
    "short",
    "script",
    "dissimilar",
]
#: Why a pair that matches lies in two stories all the same; stands in `verdicts.refused`.
RefusedReason = Literal["roundup", "series", "vetoes", "bridge", "hinge", "person", "split"]
#: Why an article is what it is to its story, where no verdict says so; stands in `members.reason`.
PlaceReason = Literal["first", "roundup", "superseded", "person"]

VERDICT_REASONS: Mapping[str, str] = {
    "copy": "Nearly all of one text stands in the other, and they are of like length.",
    "bump": "One publisher shows the same text twice: with a new date, or in another section.",
    "late": "Word for word the same text, though it came after the time in which a story takes rewrites.",
    "abridgement": "The shorter text is the longer one cut, its opening included.",
    "flash": "An agency’s flash: it joins the item of the same agency that says the same within two hours, or nothing.",
    "rewrite": "The same report in other words: runs of words, leads, vocabulary, figures and names agree.",
    "summary": "A brief text that says in other words what the other’s title and lead say, with its figures and names.",
    "revision": "A later text of the same publisher, or one that says it replaces the other.",
    "correction": "A revision that says it corrects the earlier text.",
    "update": "A revision in which counts of victims rose.",
    "liveblog": "One of the two is a live blog, which quotes many stories and belongs to none.",
    "roundup": "One of the two tells of several stories and is a copy of none.",
    "quotes": "What they share are the words of one speech or statement, each in a report of its own.",
    "ordinals": "The same sentences hold other ordinals, such as “12th” and “13th”.",
    "direction": "The same sentences say the opposite, such as “rise” and “fall”.",
    "numbers": "The same sentences hold other numbers: a template that was filled in again.",
    "names": "The same sentences hold other names: a template that was filled in again.",
    "dates": "The same sentences hold other dates: a template that was filled in again.",
    "subject": "One thing stands in another’s place from the title or lead on.",
    "routine": "A brief notice in the same form that comes back after a day or more.",
    "column": "One publisher’s frame that comes back under other titles: a column, a service, a series of notices.",
    "boilerplate": "They share passages that stand under openings, titles and figures of their own.",
    "part": "The longer text opens with something else and holds the shorter as a part.",
    "background": "One opens with news that the other does not have; what they share is background.",
    "gap": "They share too little for the time that lies between them.",
    "short": "Too few words to tell a copy from a look-alike.",
    "script": "They are written in two scripts.",
    "dissimilar": "They share too little.",
}
REFUSED_REASONS: Mapping[str, str] = {
    "roundup": "One of them tells of several stories.",
    "series": "They are two issues of one series.",
    "vetoes": "At least as many verdicts between their stories speak hard against it as join.",
    "bridge": "A brief text would weld two stories.",
    "hinge": "Two grown stories would hang on a single article.",
    "person": "A person said that articles of the two stay apart.",
    "split": "A person took one of them out of its story.",
}
PLACE_REASONS: Mapping[str, str] = {
    "first": "It is the earliest of its story.",
    "roundup": "It tells of several stories, and stands alone or with its own copies.",
    "superseded": "It has the words of a text that its publisher had corrected by then.",
    "person": "A person joined it to its story.",
}
