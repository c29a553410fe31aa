"""A company's release: first on its own site, then on release services' pages and on the sites that carry those."""

from __future__ import annotations

from datetime import datetime

from bench.newswire.bureau import Bureau
from bench.newswire.case import PLACEHOLDER
from bench.newswire.desk import Release
from bench.newswire.newsroom import Page, Publisher

SITES = (5, 12)


def file_release(bureau: Bureau) -> None:
    """File the company's page as base, and the pages that carry the release."""
    release, rng = bureau.desk.release, bureau.rng
    story, at = bureau.archive.new_story(), bureau.some_time()
    company = Publisher(domain=f"{release.domain}.example", name=release.company)
    page = Page(title=release.headline, paragraphs=(*release.paragraphs, release.about, *release.contacts[:1]))
    base = bureau.archive.add(page, kind="base", publisher=company, at=at, story=story)
    services = [Publisher(domain=f"{name}.example", name=shown, kind="wire") for name, shown in release.services]
    carriers = rng.sample(services, rng.randint(1, 2)) + rng.sample(bureau.press.outlets, rng.randint(*SITES))
    for publisher in carriers:
        later = bureau.minutes(1, 20) if publisher.kind == "wire" else bureau.hours(0.1, 40)
        bureau.archive.add(
            _carried(bureau, release, publisher, at),
            kind="press_release",
            publisher=publisher,
            at=at + later,
            story=story,
            parent=base,
            original_at=at,
        )
    bureau.archive.set_first(story, base)


def _carried(bureau: Bureau, release: Release, publisher: Publisher, at: datetime) -> Page:
    """The release as a carrier shows it: with a service's line, and about and contacts whole, in part or gone."""
    rng = bureau.rng
    wire = publisher.kind == "wire"
    paragraphs = list(release.paragraphs)
    if wire or rng.random() < 0.8:
        service = publisher.name if wire else rng.choice(release.services)[1]
        paragraphs[0] = _dateline(bureau, release, service, at) + paragraphs[0]
    if not wire and rng.random() < 0.2:
        del paragraphs[rng.randint(3, len(paragraphs) - 1) :]
    if wire or rng.random() < 0.6:
        paragraphs.append(release.about)
    if wire or rng.random() < 0.5:
        paragraphs += rng.sample(release.contacts, len(release.contacts) if wire else 1)
    title = release.headline if wire or rng.random() < 0.6 else rng.choice(release.headlines)
    return Page(title=title, paragraphs=tuple(paragraphs))


def _dateline(bureau: Bureau, release: Release, service: str, at: datetime) -> str:
    known = {
        "place": release.place,
        "PLACE": release.place.upper(),
        "month": bureau.desk.months[at.month - 1],
        "day": at.day,
        "year": at.year,
        "service": service,
    }
    return PLACEHOLDER.sub(lambda found: str(known[found[1]]), bureau.rng.choice(release.datelines))
