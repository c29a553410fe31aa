"""Who a story's members say it is from: a company in its release, or an agency that others credit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ingest.match.claims import Claim
from ingest.match.stamps import spoken_time
from ingest.match.standing import Standing, listed, order, undecided
from ingest.model import First
from ingest.text.agencies import known_agency
from ingest.text.outfits import name_keys

_HEAD_START_S = 2 * 3600.0  # an agency's page follows its wire within it
_MIN_VOTES = 2  # publishers that credit an agency not seen; one alone may be mistaken


@dataclass(frozen=True, slots=True, kw_only=True)
class Votes:
    """A source and the publishers that name it."""

    source: str
    count: int


def released(story: Standing) -> First | None:
    """The company whose press release a story is, where its own page is a member; nobody where it is not; else None.

    Services and outlets that carry a release are never the first, however early their stamps.
    """
    releases = [claim for claim in story.claims if claim.release]
    if not releases:
        return None
    # Who shows others' texts has no vote: a copy on an aggregator's page changes nothing.
    carriers = [claim for claim in story.trusted if claim.release]
    agencies = _tally((claim.family, claim.credit) for claim in story.trusted if claim.credit)
    companies = [vote.source for vote in _tally((claim.family, claim.company) for claim in carriers)]
    company = next(iter(companies or sorted({claim.company for claim in releases if claim.company})), None)
    own = _speakers(story, company)
    others = len({claim.family for claim in story.claims} - {claim.family for claim in own})
    if own:
        found = story.original(own)
        whose = company or found.name
        reason = f"A release of {whose}, carried by {listed(others, 'other publisher')}; {found.name} is its own site."
        return First(article_id=found.id, confidence=0.9 if company else 0.7, reason=reason)
    if agencies and agencies[0].count > max(1, len({claim.family for claim in carriers})):
        return None  # an agency's report, and somebody put a release's furniture around it
    service = next((claim.service for claim in sorted(releases, key=lambda c: c.key) if claim.service), None)
    what = f"A release of {company}" if company else f"A press release{f' sent through {service}' if service else ''}"
    return undecided(f"{what}, carried by {listed(others, 'publisher')}; its own page has not been seen.")


def _speakers(story: Standing, company: str | None) -> list[Claim]:
    """Members on the own site of who speaks in a release; where no name is known, of the publisher its lead names."""
    if company is not None:
        return [claim for claim in story.trusted if claim.is_company(company)]
    named = [claim for claim in story.trusted if claim.self_named]
    return named if len({claim.family for claim in named}) == 1 else []


def credited(story: Standing) -> First | None:
    """The member of the agency or publisher that the others credit, or that its own text credits; else None."""
    votes = _source_votes(story)
    named = story.named([vote.source for vote in votes]) if votes else {}
    own = {source: found for source, members in named.items() if (found := _own_pages(source, members))}
    votes = [vote for vote in votes if vote.source in own]
    if not votes:
        return None
    # An agency that hands on another's text credits it, and is not its source.
    votes = [vote for vote in votes if not _hands_on(own[vote.source], own)]
    if not votes:
        return undecided("The sources that are named credit one another.")
    best = [vote for vote in votes if vote.count == votes[0].count]
    found = [story.original(own[vote.source]) for vote in best]
    if len({claim.family for claim in found}) > 1:
        stamps = sorted((claim.stamp for claim in found), key=lambda stamp: stamp.latest)
        if stamps[0].latest >= min(stamp.earliest for stamp in stamps[1:]):
            names = " and ".join(sorted(vote.source for vote in best)[:2])
            return undecided(f"As many credit {names}, and their stamps do not tell which was first.")
        found.sort(key=lambda claim: claim.stamp.latest)
    if (before := _had_before(found[0], story)) is not None:
        return undecided(
            f"{before.name} had it hours before {found[0].name}, whom those credit who came later: one took it from the"
            " other."
        )
    return _as_source(found[0], best, story)


def _own_pages(source: str, members: list[Claim]) -> list[Claim]:
    """A source's members without releases: those on its own host where there are any, else of its name; on a host that
    has its name among others, where a text of it says that it is the source's.
    """
    found = [claim for claim in members if not claim.release]
    keys = name_keys(source)
    own = {c.family for c in found if c.credit == source or not c.names.isdisjoint(keys)}
    return [c for c in found if c.agency == source] or [c for c in found if c.family in own]


def _had_before(own: Claim, story: Standing) -> Claim | None:
    """Who printed the text as his own hours before the source did, which nobody credits until then; else None.

    Where a credited copy stands before the source's stamp too, that stamp is a later one of the source's page.
    """
    stamp = own.stamp
    if not stamp.exact:
        return None
    if any(claim.borrowed and claim.stamp.exact and claim.stamp.until < stamp.since for claim in story.trusted):
        return None
    before = [
        claim
        for claim in story.trusted
        if claim.stamp.until < stamp.since - _HEAD_START_S
        and claim.stamp.exact
        and not claim.revised
        and not claim.furnished
        and claim.family != own.family
        and story.is_whole(claim)
    ]
    return min(before, key=order, default=None)


def _as_source(found: Claim, best: list[Votes], story: Standing) -> First:
    """The answer for a credited member."""
    vote = next(vote for vote in best if found.is_of(vote.source))
    when = f"at {spoken_time(found.published_at)}" if found.published_at else "at a time not known"
    if vote.count:
        families = len({claim.family for claim in story.claims})
        who = f"{vote.count} of {listed(families, 'publisher')} credit {vote.source}"
    elif found.credit == vote.source:
        who = f"The text of {found.name} says that it is {vote.source}'s"
    else:
        who = f"Pages that show others' texts credit {vote.source}"
    confidence = min(0.98, 0.85 + 0.05 * vote.count)
    if found.revised or (found.agency is None and known_agency(vote.source) is not None):
        confidence = 0.7  # a later version, or a host that has an agency's name in it
    return First(article_id=found.id, confidence=confidence, reason=f"{who}, and {found.name} carried it {when}.")


def unseen(story: Standing) -> str | None:
    """The agency that at least two publishers credit and that is no member, or None."""
    votes = _tally((claim.family, claim.credit) for claim in story.trusted if claim.borrowed)
    return next((vote.source for vote in votes if vote.count >= _MIN_VOTES), None)


def credits_of(claim: Claim) -> str | None:
    """The agency that a claim credits and that is not its own publisher, or None."""
    if claim.borrowed:
        return claim.credit
    return next((source for source in claim.named if known_agency(source) is not None), None)


def _source_votes(story: Standing) -> list[Votes]:
    """Everyone who is named as a source, by how many other publishers name him.

    By none where only his own text or aggregators do.
    """
    votes = _tally((claim.family, source) for claim in story.trusted if claim.named for source in claim.named)
    told = {vote.source for vote in votes}
    shown = {name for claim in story.claims if claim.credit or claim.sources for name in (claim.credit, *claim.sources)}
    return [
        *votes,
        *(Votes(source=source, count=0) for source in sorted(name for name in shown if name and name not in told)),
    ]


def _tally(named: Iterable[tuple[str, str | None]]) -> list[Votes]:
    """(publisher, whom it names) as votes, the most first, then by name; a publisher has one vote for each."""
    voters: dict[str, set[str]] = {}
    for family, source in named:
        if source is not None:
            voters.setdefault(source, set()).add(family)
    votes = [Votes(source=source, count=len(families)) for source, families in voters.items()]
    return sorted(votes, key=lambda vote: (-vote.count, vote.source))


def _hands_on(members: list[Claim], own: dict[str, list[Claim]]) -> bool:
    """Whether all of a source's members credit another source that is here."""
    return all(claim.credit is not None and claim.credit in own and not claim.is_of(claim.credit) for claim in members)
