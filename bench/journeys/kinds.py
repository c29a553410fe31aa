"""The kinds of journey: each adds members to a story, and marks who was first where anybody can tell."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bench.journeys.material import Language, Piece, piece, publishers, site_of
from ingest.model import ArticleId, Document, FeedKind

_START = datetime(2026, 9, 5, 9, 12, 37, tzinfo=UTC)
_TITLE_TAILS = ("Northern Lantern", "The Daily Courier", "City Tribune")


@dataclass
class Journey:
    """A story under way: its members so far, and ids of those of which any is rightly called the first."""

    rng: random.Random
    piece: Piece
    start: datetime
    outlets: list[str]
    members: list[Document] = field(default_factory=list)
    truth: set[ArticleId] = field(default_factory=set)  # empty: nobody can tell

    def add(self, minutes: float | None, text: str | None = None, **fields: object) -> ArticleId:
        """A member published so many minutes after the start; by a new outlet unless one is given."""
        number = ArticleId(len(self.members) + 1)
        publisher = str(fields.pop("publisher", None) or self.outlets.pop())
        at = None if minutes is None else self.start + timedelta(minutes=minutes)
        made = Document(
            id=number,
            key=f"{self.rng.getrandbits(40):010x}",
            title=self.piece.title,
            text=self.piece.text if text is None else text,
            published_at=at,
            publisher=publisher,
            language=self.piece.language.code,
            url=f"https://{publisher}/{number}",
        )
        self.members.append(replace(made, **fields))  # type: ignore[arg-type]
        return number

    def first(self, *args: object, **fields: object) -> ArticleId:
        """A member that is rightly called the first."""
        number = self.add(*args, **fields)  # type: ignore[arg-type]
        self.truth.add(number)
        return number

    def later(self, low: float = 2, high: float = 300) -> float:
        """Some minutes on, to the second."""
        return round(self.rng.uniform(low, high) * 60) / 60

    def retitled(self) -> str:
        """A headline of somebody's own: the words of another, in an order of its own."""
        words = list(self.piece.fill(self.rng.choice(self.piece.language.titles)))
        self.rng.shuffle(words)
        return "".join(words)

    def followers(self, count: int, *, low: float = 2, high: float = 300, credited: float = 0.0) -> None:
        """Copies as they come: whole, edited, longer, retitled, cut, some under the agency's name."""
        told = self.piece
        forms = (told.text, told.text, told.edited(), told.longer(), told.cut(2), told.cut(1), told.cut(3))
        for _ in range(count):
            text = self.rng.choice(forms)
            if self.rng.random() < credited:
                text = told.fill(told.language.dateline) + text
            title = told.title if self.rng.random() < 0.8 else self.retitled()
            short = len(text) < 0.7 * len(told.text)
            unstamped = self.rng.random() < (0.2 if short else 0.02)
            self.add(None if unstamped else self.later(low, high), text, title=title)


def begin(language: Language, rng: random.Random) -> Journey:
    """A journey with no member yet."""
    start = _START + timedelta(minutes=rng.randrange(0, 9000), seconds=rng.randrange(60))
    return Journey(rng=rng, piece=piece(language, rng), start=start, outlets=publishers(rng, 40))


def plain(j: Journey) -> None:
    """An outlet's own story, copied."""
    j.first(0)
    j.followers(j.rng.randrange(2, 9))


def one_credits(j: Journey) -> None:
    """An outlet's own story; one of many who copy it puts an agency's name on it."""
    j.first(0)
    j.followers(5)
    j.add(j.later(), j.piece.wired())


def agency_seen(j: Journey) -> None:
    """The agency's own page is here, often later than outlets that print its text, with its name or without."""
    j.first(j.later(-5, 30), j.piece.wired(), publisher=j.piece.language.agency_site)
    for _ in range(j.rng.randrange(1, 4)):
        j.add(j.later(0, 90), j.rng.choice((j.piece.wired(), f"{j.piece.text}\n{j.piece.fill(j.piece.language.tail)}")))
    j.followers(4, low=0, credited=0.4)


def agency_by_name(j: Journey) -> None:
    """The same, with the agency by name, a feed of kind wire, and no dateline on its own page."""
    j.first(j.later(0, 10), publisher=j.piece.language.agency, kind=FeedKind.WIRE)
    j.add(j.later(0, 40), agency=j.piece.language.agency)
    j.followers(4, low=0, credited=0.5)


def agency_unseen(j: Journey) -> None:
    """An agency's story without the agency: whoever is earliest is not the first."""
    for _ in range(j.rng.randrange(2, 4)):
        j.add(j.later(0, 60), j.piece.wired())
    j.add(j.later(-10, 60))
    j.followers(3, low=0, credited=0.5)


def aggregators_early(j: Journey) -> None:
    """Aggregators with earlier stamps than the original, each told in another way."""
    j.first(0)
    title = f"{j.piece.title} - {j.rng.choice(_TITLE_TAILS)}"
    j.add(-j.later(1, 400), kind=FeedKind.AGGREGATOR)
    j.add(-j.later(1, 400), title=title)
    j.add(-j.later(1, 400), publisher="msn.com")
    j.add(-j.later(1, 400), j.piece.text + "\nRead Entire Article")
    j.followers(3)


def repost_early(j: Journey) -> None:
    """A page that shows others' texts has an earlier stamp and only its furniture to tell it; the desk revises."""
    language = j.piece.language
    j.first(0, publisher="deskofits.example")
    j.add(j.later(20, 200), publisher="deskofits.example", title=language.update + j.piece.title)
    j.add(
        -j.later(1, 200),
        "\n".join((*language.furniture[:2], j.piece.text, language.copyright.format(owner="City Tribune"))),
    )
    j.followers(3)


def equal_stamps(j: Journey) -> None:
    """Two print the same at the same second."""
    j.add(0)
    j.add(0)
    j.followers(4)


def equal_stamps_one_edited(j: Journey) -> None:
    """Two at the same second, but others carry the words of one of them."""
    j.first(0)
    j.add(0, j.piece.edited(), title=j.retitled())
    j.add(j.later())
    j.add(j.later())


def date_only(j: Journey) -> None:
    """The copy of another bears the date of the day only."""
    j.add(0)
    j.add(None, published_at=j.start.replace(hour=0, minute=0, second=0))
    j.followers(3)


def date_only_days_on(j: Journey) -> None:
    """A bare date that lies days on contradicts nothing."""
    j.first(0)
    later = (j.start + timedelta(days=3)).replace(hour=0, minute=0, second=0)
    j.add(None, published_at=later)
    j.followers(3)


def local_midnight(j: Journey) -> None:
    """A bare date, read as midnight where the language is spoken: a time of day in UTC, and no time at all."""
    hour = {"de": 22, "es": 0, "en": 0, "ru": 0, "zh": 16}[j.piece.language.code]
    j.start = j.start.replace(hour=hour, minute=0, second=0) + timedelta(hours=9, minutes=17, seconds=5)
    j.add(0)
    j.add(-557 - 5 / 60)
    j.followers(3)


def missing_stamp(j: Journey) -> None:
    """One of two that print the same has no stamp at all."""
    j.add(0)
    j.add(None)
    j.followers(4)


def round_hour(j: Journey) -> None:
    """A stamp on the hour, a form's default, among stamps to the second."""
    j.start = j.start.replace(minute=j.rng.randrange(2, 50), second=41)
    j.add(0)
    j.add(None, published_at=j.start.replace(minute=0, second=0))
    j.followers(3)


def corrected(j: Journey) -> None:
    """The original stands, its desk corrects it, others carry the one and the other."""
    language = j.piece.language
    j.first(0, publisher="deskofits.example")
    text = f"{language.correction}\n{j.piece.text}"
    title = language.corrected + j.piece.title
    j.add(j.later(30, 90), text, publisher="deskofits.example", title=title)
    j.add(j.later(90, 200), text, title=title)
    j.followers(4)


def overwritten(j: Journey) -> None:
    """The desk's page holds only the corrected text, with the correction's stamp; others have the text before."""
    language = j.piece.language
    j.add(j.later(60, 120), f"{language.correction}\n{j.piece.edited()}", title=language.corrected + j.piece.title)
    j.followers(4, low=1, high=50)
    j.add(j.later(1, 50))


def overwritten_stamp_kept(j: Journey) -> None:
    """The same, but the page keeps the stamp of its first publication, which is before all others."""
    language = j.piece.language
    j.first(0, f"{language.correction}\n{j.piece.edited()}", title=language.corrected + j.piece.title)
    j.followers(4)
    j.add(j.later())


def bumped(j: Journey) -> None:
    """A publisher puts its text out anew with hardly a change, under a later stamp."""
    j.first(0, publisher="deskofits.example")
    j.add(j.later(200, 900), j.piece.text + "\n" + j.piece.extra, publisher="deskofits.example")
    j.followers(5)


def redated_in_place(j: Journey) -> None:
    """A page's stamp has moved on, but a followed feed had shown it before any other says that it was out."""
    j.first(j.later(300, 500), first_seen_at=j.start)
    for minutes in (20, 45, 90):
        j.add(minutes, first_seen_at=j.start + timedelta(minutes=minutes + j.rng.randrange(1, 30)))


def redated_baseline(j: Journey) -> None:
    """The same, but the feed's first poll showed it: that it was out is known, that it was first is not."""
    j.add(j.later(300, 500), first_seen_at=j.start, baseline=True)
    for minutes in (20, 45, 90):
        j.add(minutes, first_seen_at=j.start + timedelta(minutes=minutes + 5))


def seen_before_claims(j: Journey) -> None:
    """The original has no stamp; a followed feed showed it before any other claims to have published."""
    j.first(None, first_seen_at=j.start)
    for minutes in (15, 30, 80):
        j.add(minutes, first_seen_at=j.start + timedelta(minutes=minutes + 2))


def impossible_stamps(j: Journey) -> None:
    """Copies with the stamps of a program's zero, of years ago, and of tomorrow."""
    j.first(0, first_seen_at=j.start + timedelta(minutes=3))
    seen = j.start + timedelta(minutes=50)
    j.add(None, j.piece.edited(), published_at=datetime(1970, 1, 1, 0, 0, 9, tzinfo=UTC), first_seen_at=seen)
    j.add(None, j.piece.longer(), published_at=j.start - timedelta(days=700), first_seen_at=seen)
    j.add(None, published_at=j.start + timedelta(days=1), first_seen_at=seen + timedelta(minutes=5))
    j.add(40, first_seen_at=seen)


def release_with_company(j: Journey) -> None:
    """A company's release on its own site, and on services and outlets with earlier stamps."""
    text = j.piece.fill(j.piece.language.release)
    bare = text.split("\n")[0].partition("-- ")[2] or text
    j.first(
        j.later(-20, 60),
        bare if "\n" in bare else "\n".join((bare, *text.split("\n")[1:-1])),
        publisher=site_of(j.piece.firm),
    )
    _carriers(j, text)


def release_without_company(j: Journey) -> None:
    """A company's release that its own site does not show."""
    _carriers(j, j.piece.fill(j.piece.language.release))


def _carriers(j: Journey, text: str) -> None:
    j.piece = replace(j.piece, title=f"{j.piece.firm}: {j.piece.values['city']} {j.piece.values['n']}")
    service = "presseportal.de" if j.piece.language.code == "de" else "prnewswire.com"
    j.add(j.later(-30, 10), text, publisher=service)
    for _ in range(j.rng.randrange(3, 8)):
        j.add(j.later(-10, 200), text if j.rng.random() < 0.7 else "\n".join(text.split("\n")[:-2]))


def editions(j: Journey) -> None:
    """Regional editions of one family bring one text; outlets copy it."""
    for _ in range(5):
        j.first(0, publisher="regions.example")
    j.followers(5)


def sisters(j: Journey) -> None:
    """Sister sites of two families bring one text at once, without a word of whose it is."""
    for _ in range(3):
        j.add(0)
    j.followers(3)


def with_material(j: Journey) -> None:
    """An outlet's own story with an agency's material in it; copies keep the note."""
    text = f"{j.piece.text}\n{j.piece.fill(j.piece.language.given)}"
    j.first(0, text)
    for _ in range(3):
        j.add(j.later(), text)


def false_friends(j: Journey) -> None:
    """A writer with an agency's name and a club with its letters credit nobody."""
    text = f"By Anna Reuter\n{j.piece.text} (AA)."
    j.first(0, text.replace(". (AA)", " (AA)"))
    for _ in range(3):
        j.add(j.later(), text.replace(". (AA)", " (AA)"))


def flash_first(j: Journey) -> None:
    """A desk's own flash, then its full text, which others carry."""
    j.first(0, j.piece.cut(1), publisher="deskofits.example")
    j.add(j.later(5, 20), publisher="deskofits.example")
    j.followers(4, low=25)


def cut_before(j: Journey) -> None:
    """Someone's cut version stands before the first full one: perhaps a flash, perhaps a copy with a wrong stamp."""
    j.add(0, j.piece.cut(2))
    j.add(j.later(5, 20))
    j.followers(4, low=25)


def agency_at_second_hand(j: Journey) -> None:
    """The agency's text is here on an aggregator's page and in credited copies; its own page is not."""
    j.add(-j.later(1, 60), j.piece.wired(), publisher="msn.com", title=f"{j.piece.title} - {j.piece.language.agency}")
    for _ in range(3):
        j.add(j.later(0, 90), j.piece.wired())
    j.followers(3)


def handed_on(j: Journey) -> None:
    """One agency hands on another's text with its credit, and more outlets credit the one that handed it on."""
    j.first(0, f"(AFP) - {j.piece.text}", publisher="afp.com")
    j.add(j.later(1, 9), f"(AFP) - {j.piece.text}", publisher=j.piece.language.agency_site)
    for _ in range(3):
        j.add(j.later(10), j.piece.wired())


def wrong_credit(j: Journey) -> None:
    """Among those who credit the agency one credits another that is not here."""
    j.first(j.later(0, 5), j.piece.wired(), publisher=j.piece.language.agency_site)
    for _ in range(2):
        j.add(j.later(), j.piece.wired())
    j.add(j.later(), f"(UPI) - {j.piece.text}")
    j.followers(3)


def outlets_exclusive(j: Journey) -> None:
    """An outlet's exclusive that an agency put out hours later, word for word: who credits, credits the agency."""
    j.add(0)
    j.add(j.later(200, 300), j.piece.wired(), publisher=j.piece.language.agency_site)
    for _ in range(3):
        j.add(j.later(320, 700), j.piece.wired())


def source_line(j: Journey) -> None:
    """Closing lines name an outlet that is here, with a later stamp than those who took from it."""
    j.first(j.later(0, 50), publisher="deskofits.example")
    for _ in range(3):
        j.add(j.later(0, 60), f"{j.piece.text}\nSource: Deskofits")


def feed_source(j: Journey) -> None:
    """The same in the feed's <source>."""
    j.first(j.later(0, 50), publisher="deskofits.example")
    for _ in range(3):
        j.add(j.later(0, 60), source_title="Desk of Its" if j.rng.random() < 0.5 else "deskofits.example")


def unstamped_original(j: Journey) -> None:
    """The original has no stamp; the one stamped rival has words of its own, and the rest the original's."""
    j.first(None)
    j.add(5, j.piece.edited(), title=j.retitled())
    for paragraphs in (1, 2, 2, 1):
        j.add(j.later(), j.piece.cut(paragraphs))


def set_back_but_polled(j: Journey) -> None:
    """A copy's stamp is set back by some hours; followed feeds showed the original first, and the copy late.

    A feed that is polled seldom looks the same, so late showing lowers the confidence only: wrong, and known to be.
    """
    j.add(0, first_seen_at=j.start + timedelta(minutes=4))
    hours = j.rng.randrange(4, 10)
    j.add(-60.0 * hours + 45, first_seen_at=j.start + timedelta(minutes=50))
    j.add(90, first_seen_at=j.start + timedelta(minutes=95))


def set_back(j: Journey) -> None:
    """The same without a poll that would tell. Nothing here shows it: wrong, and known to be."""
    j.first(0)
    j.add(-60.0 * j.rng.randrange(1, 6) + j.later(10, 50), j.piece.edited())
    j.followers(4)


def on_the_hour(j: Journey) -> None:
    """The original was set to go out on the hour, and its stamp is taken for a form's default."""
    j.start = j.start.replace(minute=0, second=0)
    j.first(0)
    j.followers(4, low=10, high=55)


def bare_release(j: Journey) -> None:
    """A release of which only the service's dateline is left; the company's site is told by its name in the lead."""
    text = j.piece.fill(j.piece.language.release).split("\n")
    site = site_of(j.piece.firm)
    j.first(j.later(5, 60), "\n".join(text[1:3]).replace(j.piece.firm, site.partition(".")[0].title()), publisher=site)
    for _ in range(4):
        j.add(j.later(-5, 90), "\n".join(text[:3]))


def crowd(j: Journey) -> None:
    """Two hundred copies of all kinds."""
    j.outlets = [f"{name}{number}" for number in range(8) for name in j.outlets]
    j.first(0)
    j.followers(200)
    for _ in range(10):
        j.add(-j.later(1, 400), kind=FeedKind.AGGREGATOR)


KINDS: tuple[Callable[[Journey], None], ...] = (
    plain,
    one_credits,
    agency_seen,
    agency_by_name,
    agency_unseen,
    aggregators_early,
    repost_early,
    equal_stamps,
    equal_stamps_one_edited,
    date_only,
    date_only_days_on,
    local_midnight,
    missing_stamp,
    round_hour,
    corrected,
    overwritten,
    overwritten_stamp_kept,
    bumped,
    redated_in_place,
    redated_baseline,
    seen_before_claims,
    impossible_stamps,
    release_with_company,
    release_without_company,
    editions,
    sisters,
    with_material,
    false_friends,
    flash_first,
    cut_before,
    agency_at_second_hand,
    handed_on,
    wrong_credit,
    outlets_exclusive,
    source_line,
    feed_source,
    unstamped_original,
    set_back_but_polled,
    set_back,
    on_the_hour,
    bare_release,
    crowd,
)
