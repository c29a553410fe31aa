"""Whose claim to be the first the times bear out, publisher by publisher, and what else tells where they do not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf

from ingest.match.claims import Claim
from ingest.match.origins import credits_of, unseen
from ingest.match.stamps import EARLIEST, LATEST, Precision, Stamp, spoken_length, spoken_time
from ingest.match.standing import Span, Standing, Support, order, undecided
from ingest.model import FeedKind, First

_NEVER, _ALWAYS = EARLIEST.timestamp(), LATEST.timestamp()
_CLOSE_S = 120.0  # copies made by machines follow as fast
_HOUR_S = 3600.0
_FEW = 0.04  # of all publishers of a full version
_MANY = 3  # publishers with one opening
_MAX_TIED = 64  # publishers told apart by other things than time; among more nothing stands out


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """A publisher, and between which moments it first had the story."""

    family: str
    members: list[Claim]
    able: list[Claim]  # members that could be the original
    in_question: list[Claim]  # those of them that may have been out as early as anything
    until: float
    furnished: bool  # a page's furniture came with each of them

    @property
    def name(self) -> str:
        """The publisher, for a sentence."""
        return self.members[0].name


def timed(story: Standing) -> First:
    """Return the publisher that was out before any other could have been; where several may, what else tells.

    A publisher was out by the earliest of its members' stamps, or by when a followed feed showed one. It may have been
    out before by the earliest that the stamps of its whole, uncorrected versions allow.
    """
    able = {claim.family for claim, _, _, is_able in story.spans() if is_able}
    if not able:
        return undecided("Every member shows others' texts, or is cut, corrected or credited to another.")
    bound = inf
    for claim, _, until, _ in story.spans():
        if until < bound and claim.family in able:
            bound = until
    tied = _tied(able, bound, story) | _defaults(able, bound, story)
    answer = _judged(tied, able, bound, story) if len(tied) <= _MAX_TIED else None
    if answer is None or answer.article_id is None:
        firm = _firm(tied, able, bound, story)
        if firm != tied and len(firm) <= _MAX_TIED:
            answer = _judged(firm, able, bound, story)
    return answer or undecided(f"{len(tied)} publishers may have been out as early as any other.")


def _judged(tied: set[str], able: set[str], bound: float, story: Standing) -> First:
    """The answer where some publishers may have been the first, or a single one was."""
    windows = [_window(family, spans, bound) for family, spans in story.members(tied).items()]
    windows.sort(key=lambda window: (window.until, window.family))
    if (kept := _keeper(windows, able, story)) is not None:
        return kept
    if len(windows) > 1:
        return _told_apart(windows, able, story) or undecided(_tie(windows, story))
    return _winner(windows[0], able, story)


def _tied(able: set[str], bound: float, story: Standing) -> set[str]:
    """The publishers that may have been out by the moment when one was.

    A cut or corrected version without a stamp says nothing of how early the whole was out. Who corrected the text, and
    has no other version here, had one before.
    """
    return {
        claim.family
        for claim, since, until, is_able in story.spans()
        if since <= bound and (is_able or ((since > _NEVER or until <= bound) and claim.family in able))
    } | (story.correctors & able)


def _defaults(able: set[str], bound: float, story: Standing) -> set[str]:
    """The publishers that may have been as early because a full hour may be the default of a form.

    It may be where another stamp beside it tells the second: then forms do not end at the minute.
    """
    first = [claim for claim, _, until, _ in story.spans() if until == bound and claim.family in able]
    if any(claim.stamp.precision is Precision.SECOND for claim in first):
        return {c.family for c, _, _, is_able in story.spans() if is_able and c.stamp.is_default_beside(bound)}
    if not all(claim.stamp.precision is Precision.HOUR for claim in first):
        return set()
    return {
        claim.family
        for claim, since, _, is_able in story.spans()
        if is_able
        and claim.stamp.precision is Precision.SECOND
        and any(other.stamp.is_default_beside(since) for other in first)
    }


def _firm(tied: set[str], able: set[str], bound: float, story: Standing) -> set[str]:
    """The tied publishers without those that have no full stamp, where these are so few that none is likely first."""
    if len(tied) < 2:
        return tied
    firm = {
        c.family for c, _, until, ok in story.spans() if c.family in tied and ok and c.stamp.exact and until <= bound
    }
    return firm if firm and len(tied - firm) <= _FEW * len(able) else tied


def _window(family: str, spans: list[Span], bound: float) -> _Window:
    """A publisher's claims and bounds."""
    able = [claim for claim, _, _, is_able in spans if is_able]
    return _Window(
        family=family,
        members=[claim for claim, _, _, _ in spans],
        able=able,
        in_question=[claim for claim, since, _, is_able in spans if is_able and since <= bound] or able,
        until=min(until for _, _, until, _ in spans),
        furnished=all(claim.furnished for claim in able),
    )


def _keeper(tied: list[_Window], able: set[str], story: Standing) -> First | None:
    """Instead of a page with another's furniture, the text's own keeper: who went on to revise it."""
    furnished = [window for window in tied if window.furnished]
    if not furnished:
        return None
    keepers = story.revisers & able
    if len(keepers) != 1 or keepers & {window.family for window in furnished}:
        return None
    [(family, spans)] = story.members(keepers).items()
    keeper = _window(family, spans, inf)
    why = f"went on to revise the text, and {furnished[0].name} has it with a page's furniture"
    return _pointed(keeper, story, 0.7, why)


def _told_apart(tied: list[_Window], able: set[str], story: Standing) -> First | None:
    """Of publishers whose times leave it open the one that something else points to."""
    if story.correctors & {window.family for window in tied}:
        return None  # what others carry is the text that was corrected
    agencies = [window for window in tied if any(c.kind is FeedKind.WIRE or c.agency for c in window.able)]
    if len(agencies) == 1 and not all(claim.borrowed for claim in agencies[0].able):
        return _pointed(agencies[0], story, 0.7, "is a news agency")
    revisers = [window for window in tied if story.revisers == {window.family}]
    if revisers:
        return _pointed(revisers[0], story, 0.75, "went on to revise the text")
    if (polled := _polled_first(tied, story)) is not None:
        return _pointed(polled, story, 0.55, "has a stamp to be believed, and it is what feeds showed us first")
    if _cut_before(tied[0].until, able, story) is not None:
        return None
    heads = [story.original(window.in_question) for window in tied]
    supports = story.supports(heads)
    best = max(supports, key=lambda support: support.text + support.opening + support.headline)
    place = supports.index(best)
    for number, support in enumerate(supports):
        if number == place:
            continue
        # One with a lesser claim by its stamp is preferred only where others carry nothing of the other's.
        weak = _claims_less(heads[place].stamp, heads[number].stamp)
        if not best.beats(support) or (weak and support != Support(text=False, opening=False, headline=False)):
            return None
    what = "words" if best.text else "opening" if best.opening else "title"
    return _pointed(tied[place], story, 0.7 if best.text else 0.65, f"has the {what} that others carry")


def _claims_less(stamp: Stamp, other: Stamp) -> bool:
    """Whether a stamp claims less than another: it tells no time where the other does, or a later one."""
    if stamp.loose or other.loose:
        return not other.loose
    return stamp.since > other.since


def _cut_before(until: float, able: Collection[str], story: Standing) -> str | None:
    """Who had the story before a moment in a version that cannot be the original: cut, corrected or credited."""
    cut = [
        (before, claim.family, claim.name)
        for claim, _, before, _ in story.spans()
        if before < until and claim.family not in able
    ]
    return min(cut)[2] if cut else None


def _polled_first(tied: list[_Window], story: Standing) -> _Window | None:
    """The only publisher with a stamp to be believed, where the others' cannot be right and were shown to us later."""
    sound = [window for window in tied if any(claim.stamp.exact for claim in window.in_question)]
    if len(sound) != 1:
        return None
    doubted = [claim for window in tied if window is not sound[0] for claim in window.in_question]
    seen = [claim.stamp.seen_at for claim in sound[0].members if claim.stamp.seen_at is not None]
    if not seen or not all(claim.stamp.doubt and claim.stamp.seen_at for claim in doubted):
        return None
    later = all(claim.stamp.seen_at is not None and claim.stamp.seen_at > min(seen) for claim in doubted)
    return sound[0] if later else None


def _pointed(window: _Window, story: Standing, confidence: float, why: str) -> First:
    """The answer where something else than time decides, unless the member has the text from an agency not seen."""
    found = story.original(_versions(window))
    if (source := credits_of(found) or unseen(story)) is not None:
        return undecided(f"Times leave it open, and {source}, whom the text credits, has not been seen.")
    reason = f"Times leave it open; of those in question only {window.name} {why}."
    return First(article_id=found.id, confidence=confidence, reason=reason)


def _versions(window: _Window) -> list[Claim]:
    """What a publisher may have had first: its whole versions, and a flash before them."""
    return [claim for claim in window.members if not claim.revised or claim in window.able]


def _tie(tied: list[_Window], story: Standing) -> str:
    """Why times do not decide, in a sentence."""
    first, second = tied[:2]
    if first.until == _ALWAYS:
        doubts = [claim.stamp.doubt for window in tied for claim in window.able if claim.stamp.doubt]
        return f"No member that could be the first has a stamp to go by{f': {min(doubts)}' if doubts else ''}."
    stamps = [min(window.in_question, key=order).stamp for window in (first, second)]
    if (doubt := stamps[1].doubt or stamps[0].doubt) is not None:
        why = doubt
    elif any(stamp.precision is Precision.NONE for stamp in stamps):
        why = "one of them has no stamp"
    elif any(stamp.precision is Precision.DAY for stamp in stamps):
        why = "a stamp tells the day only"
    elif stamps[0].at == stamps[1].at:
        why = "both stamps say so"
    else:
        corrected = story.correctors & {first.family, second.family}
        why = "its text was corrected since" if corrected else "a full hour may be the default of a form"
    return f"{first.name} was out by {_spoken(first.until)}, and {second.name} may have been as early: {why}."


def _winner(window: _Window, able: Collection[str], story: Standing) -> First:
    """The answer for the publisher that was out before the others, unless something speaks against it."""
    found = story.original(_versions(window))
    if (name := _cut_before(window.until, able, story)) is not None:
        if story.revisers == {window.family}:
            return _pointed(window, story, 0.65, "went on to revise the text")
        return undecided(f"{name} has an earlier version than {window.name}, but a cut or corrected or credited one.")
    if (plain := _without_furniture(found, window, story)) is not None:
        return undecided(
            f"{window.name} has the earliest stamp, and the text among a page's furniture, as who shows others' texts"
            f" has it; {plain.name} has it without."
        )
    if story.correctors - {window.family} and not any(claim.corrected for claim in window.members):
        name = min(story.correctors - {window.family})
        return undecided(f"{window.name} has the text that {name} has corrected since, and {name}'s own is gone.")
    if (source := credits_of(found)) is not None:
        return undecided(f"The earliest, {window.name}, credits {source}, whose own publication has not been seen.")
    if (source := unseen(story)) is not None:
        return undecided(f"Several publishers credit {source}, whose own publication has not been seen.")
    opening, carriers = story.prevailing()
    if carriers >= _MANY and not found.noted and not any(claim.bodiless for claim in window.members):
        own = {claim.opening for claim in window.members}
        if opening not in own and not story.supports([found])[0].opening:
            return undecided(
                f"{window.name} is the earliest, but {carriers} others open with words that are not its own."
            )
    return _decided(found, window, able, story)


def _without_furniture(found: Claim, window: _Window, story: Standing) -> Claim | None:
    """Who has the earliest's own words, headline or opening as his own text, where that one's page is furnished."""
    if not all(claim.framed for claim in window.able):
        return None
    same = [
        claim
        for claim, _, _, is_able in story.spans()
        if is_able
        and not claim.framed
        and claim.family != window.family
        and (claim.text == found.text or claim.opening == found.opening or claim.headline == found.headline)
    ]
    return min(same, key=order, default=None)


def _decided(found: Claim, window: _Window, able: Collection[str], story: Standing) -> First:
    """The answer for the first, with how far it was ahead and what our polls say of it."""
    if window.until >= _ALWAYS:
        return First(article_id=found.id, confidence=0.6, reason=f"Only {window.name} has a full version of its own.")
    shown = any(claim.stamp.seen_at is not None and claim.stamp.until == window.until for claim in window.members)
    stamped = any(claim.stamp.exact and claim.stamp.until == window.until for claim in window.members)
    when = f"{window.name} published by {_spoken(window.until)}"
    if shown and not stamped:
        when = f"A feed showed us {window.name}'s at {_spoken(window.until)}"
    ahead = inf
    for claim, since, _, is_able in story.spans():
        if since < ahead and claim.family != window.family and (is_able or (since > _NEVER and claim.family in able)):
            ahead = since
    if ahead == inf:
        return First(article_id=found.id, confidence=0.7, reason=f"{when}; no other is as whole.")
    lead_s = ahead - window.until
    confidence = 0.7 + 0.2 * min(1.0, lead_s / _HOUR_S)
    reason = f"{when}, {spoken_length(timedelta(seconds=lead_s))} before any other full version"
    if lead_s < _CLOSE_S or not stamped or any(claim.borrowed for claim in story.trusted):
        confidence = min(confidence, 0.6)
    polled, shift = _polls(window, story) if stamped else ("", 0.0)
    return First(article_id=found.id, confidence=round(confidence + shift, 2), reason=f"{reason}{polled}.")


def _polls(window: _Window, story: Standing) -> tuple[str, float]:
    """(what feeds showed us first, in words; what that does to confidence)."""
    seen = [(claim.stamp.seen_at, claim.family, claim.name) for claim in story.trusted if claim.stamp.seen_at]
    if not seen:
        return "", 0.0
    at, family, name = min(seen)
    if family == window.family:
        return "; a feed showed it to us first, too", 0.0
    return f", though a feed showed us {name}'s first, at {spoken_time(at)}", -0.1


def _spoken(seconds: float) -> str:
    return spoken_time(datetime.fromtimestamp(seconds, UTC))
