"""Whether two stories are reports of one happening: what they share, how rare that is, and what speaks against it."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from operator import mul
from typing import NamedTuple

from ingest.match.profile import Profile
from ingest.match.reading import CASELESS, NOUNS_CAPITALISED, Sureness
from ingest.match.romanise import distance, skeleton
from ingest.match.terms import Named, Terms, Weighed, weigh
from ingest.model.events import Kinship, Relatedness

#: Stories that score so much are related.
LINE = 0.5
_RARE = 6.2  # the weight of a term that hardly any report has: the unit of all that is shared
_PLAIN_NAME, _LEAD_ONCE, _LEAD_NEVER = 1.0, 0.8, 0.55  # by how often a shared name stands in a lead
_SURE = {4: 1.0, 3: 0.8, 2: 0.45}  # by the sum of how sure both are
_UNSURE_ABROAD, _UNSURE_BARE = 0.25, 0.15  # neither is sure: across languages, or in a text without a sure name
_FIRST_NAME_ONLY, _ONE_WORD_ABROAD = 0.2, 0.7  # one word of two names agrees and the others do not
_MAX_CONFLICT, _MAX_DIGITS = 12.0, 2.5
_CROWD = 3  # pairs of two-digit figures, above which some agree by chance
_TEMPLATE_WORDS, _TEMPLATE_NAMES, _TEMPLATE_FIGURES = 0.40, 0.5, 0.7
_NOTICE_WORDS, _NOTICE_DAYS = 0.6, 0.75
_TEMPLATE, _DAY_S, _FOLLOWS_S = -3.0, 86_400.0, 64_800.0
_MOST_WORDS = 0.3  # above it, a cosine of words says no more
_ROUNDED = 0.0001  # scores have four digits
#: Where capitals do not tell names.
_HIDDEN = CASELESS | NOUNS_CAPITALISED
_UNKNOWN_GAP = 1.0  # days
#: Reasons of the first tier's verdicts after which nothing relates a pair: another issue of a series, as a rule.
SERIES = frozenset({"ordinals", "direction", "dates", "routine", "subject"})
# So does an update, and what quotes another at length: what both say beside it decides.
_OTHER_NUMBERS, _OTHER_NAMES, _SAME_PASSAGES = "numbers", "names", "boilerplate"
#: All of its reasons that say something of events.
TOLD_APART = SERIES | {_OTHER_NUMBERS, _OTHER_NAMES, _SAME_PASSAGES}
_UPDATED_FIGURES, _UPDATED_NAMED = 0.7, 0.4
_RENAMED_NAMES, _RENAMED_NAMED = 1.2, 0.5
_PASSAGES_FOCUS = 0.5
_ANCHOR, _TOLD = 2.5, 1.5  # the weight of a shared name that cannot be chance, and of one that is shown to people
_MAX_SHOWN = 4


class Agreement(NamedTuple):
    """What two stories share, in units of one rare term, and what of it stands against them."""

    names: float
    places: float
    focus: float  # names and places that stand in the lead of both
    figures: float
    topics: float  # cosine
    topic_mass: float
    named: float  # share of all that both name, as a Jaccard index
    conflict: float  # solid figures of the one that has fewer, which the other lacks
    words: float  # cosine of words that are no names
    gap_days: float
    across: bool  # two languages
    caseless: bool  # both in scripts without capitals


# A logistic regression on labelled reports, rounded; `bench/event_weights.py` prints it. Columns as in `evidence`.
_WEIGHTS = (-6.4, 3.5, 0.9, 3.7, 0.7, 2.2, -1.9, -1.6, 1.3, 1.6, 1.8, 1.1)


def relate(a: Profile, b: Profile, terms: Terms, *, look_alike: str | None = None) -> Relatedness:
    """Return how much speaks for it that two stories tell of one happening, the same whichever comes first.

    look_alike: the reason of a first-tier verdict that called two of their articles different in the same frame: an
    issue of a series is never related, and other numbers or names in one frame must be outweighed beside it; where
    only passages low in the text agree, the leads must name the same.
    Scores are probabilities of a logistic regression. One shared name is not enough, however rare: a second name, a
    place or a figure must stand beside it, and what happened must be of a kind; a text that shares most words and
    neither names nor figures is another issue of a template.
    """
    return relate_weighed(weigh(a, terms), weigh(b, terms), look_alike=look_alike)


def relate_weighed(a: Weighed, b: Weighed, *, look_alike: str | None = None) -> Relatedness:
    """`relate` for profiles that are weighed already: what a caller with many pairs calls."""
    common = _common(a, b)
    return _related(a, b, common, _closer(a, b, common), look_alike)


def relate_near(a: Weighed, b: Weighed, *, least: float, look_alike: str | None = None) -> Relatedness | None:
    """Return the same where a pair scores so much, and None where it does not: all that is asked of most pairs.

    Nine in ten pairs that share a rare term share little else. The most that their words could add is added to their
    names, places, figures and topics; what stays too low even so needs no closer look.
    """
    if least > _TEMPLATE_SCORE and (_is_nameless(a, b) or look_alike in SERIES):
        return None
    common = _common(a, b)
    if _score(_logit(common.agreement)) + _ROUNDED < least:
        return None
    found = _closer(a, b, common)
    if _score(_logit(found)) < least:
        return None
    related = _related(a, b, common, found, look_alike)
    return related if related.score >= least else None


def evidence(a: Weighed, b: Weighed) -> tuple[float, ...] | None:
    """Return the columns of the regression for a pair; None where the words of a template decide before it."""
    found = _closer(a, b, _common(a, b))
    return None if _is_nameless(a, b) or _is_template(found) else _evidence(found)


def _related(a: Weighed, b: Weighed, common: _Common, found: Agreement, look_alike: str | None) -> Relatedness:
    """The answer on a pair."""
    logit = _logit(found)
    if _is_nameless(a, b) or _is_template(found) or (look_alike is not None and _is_look_alike(look_alike, found)):
        logit = min(logit, _TEMPLATE)
    score = _score(logit)
    shared = tuple((match.a, match.b) for match in common.matched if match.weight >= _ANCHOR)
    shared += tuple((f"#{value}", f"#{value}") for value in common.figures if value in a.solid)
    return Relatedness(
        score=score,
        kinship=_kinship(a.profile, b.profile) if score >= LINE else None,
        explanation=_explanation(a, b, common, found),
        shared=shared,
    )


def _logit(found: Agreement) -> float:
    logit: float = sum(map(mul, _WEIGHTS, _evidence(found)))
    return logit


def _score(logit: float) -> float:
    """The probability that a logit stands for, to four digits."""
    return round(1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit)))), 4)


_TEMPLATE_SCORE = _score(_TEMPLATE)


class _Match(NamedTuple):
    """A name that two stories share, as each spells it."""

    weight: float
    a: str
    b: str


class _Common(NamedTuple):
    """What two stories have in common, told without a look at their other words and at what stands against them."""

    matched: tuple[_Match, ...]
    figures: list[str]  # the heaviest first
    agreement: Agreement  # with the most that words can say, and without a conflict


def _common(a: Weighed, b: Weighed) -> _Common:
    """What two stories have in common."""
    across = _are_across(a.profile, b.profile)
    matched = _matched_names(a, b, across)
    figures = sorted(a.figures.keys() & b.figures.keys(), key=lambda value: (-a.figures[value], value))
    return _Common(matched, figures, _agreement(a, b, matched, figures, across))


def _closer(a: Weighed, b: Weighed, common: _Common) -> Agreement:
    """The agreement of two stories with all that is left out of `_common`."""
    return common.agreement._replace(
        conflict=_conflict(a, b) / _RARE, words=_dot(a.words, b.words) / (a.word_norm * b.word_norm)
    )


def _matched_names(a: Weighed, b: Weighed, across: bool) -> tuple[_Match, ...]:
    """Shared names, the heaviest first, each name of either story once."""
    pairs = _alike(a, b)
    if not pairs:
        return ()
    words: dict[tuple[int, int], int] = {}
    found = []
    for alike, x, y in pairs:
        one, other = a.names[x], b.names[y]
        both = (one.entity, other.entity)
        words[both] = words.get(both, 0) + 1
        found.append((alike, x, y, one, other, both))
    weighed = []
    for alike, x, y, one, other, both in found:
        lighter = one.weight if one.weight < other.weight else other.weight
        weight = lighter * alike * _lead_factor(one, other) * _sure_factor(a, b, one, other, across)
        if words[both] == 1 and a.entity_sizes[both[0]] > 1 and b.entity_sizes[both[1]] > 1:
            weight *= _ONE_WORD_ABROAD if across else _FIRST_NAME_ONLY
        weighed.append((weight, x, y, both))
    if len(weighed) > 1:
        weighed.sort(key=lambda found: (-found[0], min(found[1], found[2]), max(found[1], found[2])))
    kept: list[_Match] = []
    used_a: set[int] = set()
    used_b: set[int] = set()
    for weight, x, y, (entity_a, entity_b) in weighed:
        if entity_a not in used_a and entity_b not in used_b:
            used_a.add(entity_a)
            used_b.add(entity_b)
            kept.append(_Match(weight, x, y))
    return tuple(kept)


def _alike(a: Weighed, b: Weighed) -> list[tuple[float, str, str]]:
    """(how alike, a's form, b's form) of names that are equal, or that sound alike and are sure in one of the two."""
    lossy = a.caseless or b.caseless
    equal = a.names.keys() & b.names.keys()
    found = [(1.0, form, form) for form in equal]
    for heard in a.sounds.keys() & b.sounds.keys():
        for x in a.sounds[heard]:
            for y in b.sounds[heard]:
                if x in equal or y in equal or a.names[x].sureness + b.names[y].sureness < 3:
                    continue
                alike = same_name(x, y, lossy) if x < y else same_name(y, x, lossy)
                if alike:
                    found.append((alike, x, y))
    return found


@lru_cache(maxsize=1 << 15)
def same_name(x: str, y: str, lossy: bool) -> float:
    """Return how likely two romanised names are one, 0 to 1: a slip, an ending, or a script that lost sounds."""
    if x == y:
        return 1.0
    short, long = sorted((x, y), key=len)
    if len(short) >= 4 and long.startswith(short) and len(long) - len(short) <= 3:
        return 0.9
    stem = next((place for place, letter in enumerate(short) if long[place] != letter), len(short))
    if stem >= 5 and len(long) - stem <= 3:
        return 0.85
    if len(short) >= 5:
        most = 1 if len(short) < 7 else 2
        if distance(short, long, most) <= most:
            return 0.8
    if lossy:
        bones, others = skeleton(x), skeleton(y)
        if len(bones) >= 3 and bones == others:
            return 0.7 if len(bones) >= 4 else 0.5
        if len(bones) >= 5 and distance(bones, others, 1) <= 1:
            return 0.5
    return 0.0


def _lead_factor(one: Named, other: Named) -> float:
    return _PLAIN_NAME if one.lead and other.lead else _LEAD_ONCE if one.lead or other.lead else _LEAD_NEVER


def _sure_factor(a: Weighed, b: Weighed, one: Named, other: Named, across: bool) -> float:
    """How much a shared name counts by how sure it is that it is one."""
    sure = one.sureness + other.sureness
    if sure == 2 * Sureness.MAYBE:
        if across:
            return _UNSURE_ABROAD
        if not a.caseless and not (a.any_sure and b.any_sure):
            return _UNSURE_BARE
    return _SURE[sure]


def _agreement(a: Weighed, b: Weighed, matched: tuple[_Match, ...], figures: list[str], across: bool) -> Agreement:
    """The figures that the evidence is made of, with the most that words can say and without a conflict."""
    names = sum(match.weight for match in matched) if matched else 0.0
    places, focus = _shared_places(a, b)
    named = names + places
    if matched:
        focus += sum(match.weight for match in matched if a.names[match.a].lead and b.names[match.b].lead)
    topics = sorted(a.topics.keys() & b.topics.keys())
    return Agreement(
        names=names / _RARE,
        places=places / _RARE,
        focus=focus / _RARE,
        figures=_shared_figures(a, b, figures) / _RARE if figures else 0.0,
        topics=math.fsum([a.topics[key] * b.topics[key] for key in topics]) / (a.topic_norm * b.topic_norm),
        topic_mass=sum([min(a.topics[key], b.topics[key]) for key in topics]) / _RARE,
        named=named / max(_RARE, a.name_mass + b.name_mass - named),
        conflict=0.0,
        words=_MOST_WORDS,
        gap_days=_gap_days(a.profile, b.profile),
        across=across,
        caseless=a.caseless and b.caseless,
    )


def _evidence(found: Agreement) -> tuple[float, ...]:
    """The columns of the regression; what is shared stops counting where there is plenty."""
    names = min(found.names, 2.2)
    return (
        1.0,
        names,
        min(found.places, 1.0),
        min(found.figures, 1.8),
        found.topics,
        min(found.named, 1.0),
        found.conflict,
        found.gap_days,
        float(found.across),
        names * found.topics,
        min(found.topic_mass, 2.0),
        0.0 if found.across else min(found.words, _MOST_WORDS) * 10,
    )


def _is_template(found: Agreement) -> bool:
    """Whether two texts share the words of a form and not what is filled in: independent reports share fewer words."""
    if found.caseless or found.words < _TEMPLATE_WORDS:
        return False
    if found.words >= _NOTICE_WORDS and found.gap_days >= _NOTICE_DAYS:
        return True
    return found.named < _TEMPLATE_NAMES or (found.conflict >= 0.5 and found.figures < _TEMPLATE_FIGURES)


def _is_nameless(a: Weighed, b: Weighed) -> bool:
    """Whether neither has a word that is a name for sure where capitals should tell, as two flashes in capitals."""
    return not (a.any_sure or b.any_sure or a.profile.language in _HIDDEN or b.profile.language in _HIDDEN)


def _is_look_alike(reason: str, found: Agreement) -> bool:
    """Whether a first-tier verdict of this reason holds for the event too: only the frame speaks for the pair."""
    if reason == _OTHER_NUMBERS:
        return found.figures < _UPDATED_FIGURES or found.named < _UPDATED_NAMED
    if reason == _OTHER_NAMES:
        return found.names < _RENAMED_NAMES or found.named < _RENAMED_NAMED
    if reason == _SAME_PASSAGES:
        return found.focus < _PASSAGES_FOCUS
    return reason in SERIES


def hardest(reasons: Iterable[str]) -> str | None:
    """Of the reasons for which the first tier told two stories apart, the one that speaks most against an event."""
    found = set(reasons)
    ordered = (*sorted(SERIES), _OTHER_NUMBERS, _OTHER_NAMES, _SAME_PASSAGES)
    return next((reason for reason in ordered if reason in found), None)


def _shared_places(a: Weighed, b: Weighed) -> tuple[float, float]:
    """What shared places weigh: all of them, and those that stand in both leads."""
    shared = focus = 0.0
    for place in sorted(a.places.keys() & b.places.keys()):
        (one, lead), (other, other_lead) = a.places[place], b.places[place]
        shared += min(one, other) * (1.0 if lead or other_lead else 0.6)
        focus += min(one, other) if lead and other_lead else 0.0
    return shared, focus


def _shared_figures(a: Weighed, b: Weighed, shared: Collection[str]) -> float:
    """What shared figures weigh; small ones agree by chance where there are many."""
    crowd = max(1.0, a.two_digits * b.two_digits / _CROWD)
    solid = digits = 0.0
    for value in shared:
        weight = min(a.figures[value], b.figures[value])
        if value.isdecimal() and len(value) == 1:
            digits += weight
        else:
            solid += weight / crowd if value.isdecimal() and len(value) == 2 else weight
    return solid + min(_MAX_DIGITS, digits)


def _conflict(a: Weighed, b: Weighed) -> float:
    """The solid figures of the story that has fewer of them, less those that the other has too."""
    fewest = min(a.solid_mass, b.solid_mass)
    if not fewest:
        return 0.0
    shared = math.fsum(min(a.solid[value], b.solid[value]) for value in a.solid.keys() & b.solid.keys())
    return max(0.0, min(fewest, _MAX_CONFLICT) * (1.0 - shared / fewest))


def _dot(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    return math.fsum([a[key] * b[key] for key in a.keys() & b.keys()])


def _gap_days(a: Profile, b: Profile) -> float:
    if a.at is None or b.at is None:
        return _UNKNOWN_GAP
    return abs((a.at - b.at).total_seconds()) / _DAY_S


def _are_across(a: Profile, b: Profile) -> bool:
    return a.language != b.language and bool(a.language) and bool(b.language)


def _kinship(a: Profile, b: Profile) -> Kinship:
    """The reason word of a related pair."""
    if a.roundup or b.roundup:
        return Kinship.ROUND_UP
    if _are_across(a, b):
        return Kinship.TRANSLATION
    if a.at is not None and b.at is not None and abs((a.at - b.at).total_seconds()) >= _FOLLOWS_S:
        return Kinship.FOLLOW_UP
    return Kinship.SAME_EVENT


def _explanation(a: Weighed, b: Weighed, common: _Common, found: Agreement) -> str:
    """One sentence that names what both have."""
    named = [min(match.a, match.b).title() for match in common.matched if match.weight >= _TOLD][:_MAX_SHOWN]
    named += [place.title() for place in sorted(a.places.keys() & b.places.keys())][:_MAX_SHOWN]
    given = [value for value in common.figures if value in a.solid][:_MAX_SHOWN]
    topics = sorted(a.topics.keys() & b.topics.keys(), key=lambda key: (-min(a.topics[key], b.topics[key]), key))[
        :_MAX_SHOWN
    ]
    parts = [
        f"{verb} {', '.join(shown)}" for verb, shown in (("name", named), ("give", given), ("tell of", topics)) if shown
    ]
    if not parts:
        return f"They share {found.words:.0%} of their words and no name or figure."
    return f"Both {' and '.join(parts)}; {found.gap_days:.1f} days apart."
