"""Hold the stories of a database against the sample newsroom's labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.demo.newsroom import Newsroom, SampleArticle, link_to
from ingest.match.measure import Score, pairwise
from ingest.model import StoryView


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How the stories of one edition compare with the labels."""

    score: Score
    articles: int
    stories: int
    missing: int  # labelled articles that are not in the database
    first_right: int
    first_wrong: int
    first_open: int  # stories of several articles where nobody is named
    faults: tuple[str, ...]  # for people: what is not as labelled

    @property
    def right(self) -> bool:
        """Whether every article is there, every pair as labelled, and nobody named first who was not."""
        return self.score.p == self.score.r == 1.0 and not self.missing and not self.first_wrong


def judge(newsroom: Newsroom, base_urls: Mapping[str, str], stories: Sequence[StoryView], *, edition: int) -> Judged:
    """Compare stories with the labels of the articles that were out by an edition; others' articles do not count."""
    truth = {
        link_to(newsroom.publisher(article.publisher), article, base_urls): article
        for article in newsroom.articles
        if article.edition <= edition
    }
    found = {member.url: story.id for story in stories for member in story.members if member.url in truth}
    wanted = {url: truth[url].story for url in found}
    right, wrong, undecided = _firsts(stories, truth)
    return Judged(
        score=pairwise(wanted, found),
        articles=len(found),
        stories=len(set(found.values())),
        missing=len(truth) - len(found),
        first_right=right,
        first_wrong=len(wrong),
        first_open=undecided,
        faults=(*_faults(wanted, found, truth), *wrong),
    )


def _firsts(stories: Sequence[StoryView], truth: Mapping[str, SampleArticle]) -> tuple[int, list[str], int]:
    """Of the stories that several articles carry: how many name the right first, which the wrong one, how many none."""
    right, undecided, wrong = 0, 0, list[str]()
    for story in stories:
        known = [truth[member.url] for member in story.members if member.url in truth]
        if len(known) < 2:
            continue
        first = story.first
        named = truth.get(first.url) if first else None
        if named is None:
            undecided += 1
        elif named.publisher == named.first:
            right += 1
        else:
            wrong.append(f"story {story.id}: {named.publisher} is named first, but {named.first} was")
    return right, wrong, undecided


def _faults(wanted: Mapping[str, str], found: Mapping[str, int], truth: Mapping[str, SampleArticle]) -> list[str]:
    """Articles that stand apart from their story's largest part, or among strangers."""
    parts: dict[str, dict[int, list[str]]] = {}
    inside: dict[int, set[str]] = {}
    for url, story in found.items():
        name = f"{truth[url].publisher}/{truth[url].slug} ({truth[url].kind})"
        parts.setdefault(wanted[url], {}).setdefault(story, []).append(name)
        inside.setdefault(story, set()).add(wanted[url])
    split = [
        f"{label} is in {len(stories)} stories: " + " | ".join(", ".join(names) for names in stories.values())
        for label, stories in sorted(parts.items())
        if len(stories) > 1
    ]
    mixed = [
        f"story {story} mixes {', '.join(sorted(names))}" for story, names in sorted(inside.items()) if len(names) > 1
    ]
    return [*split, *mixed]
