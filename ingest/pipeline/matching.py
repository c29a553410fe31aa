"""One article's place among the others: sign, propose, verify, assign, inside the transaction that stores its text."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from time import perf_counter

import numpy as np

from ingest.config import Match
from ingest.errors import Reason, StoreError
from ingest.match import EPOCH, TOKENISER
from ingest.match.attribute import order_key
from ingest.match.boilerplate import Boilerplate, passages
from ingest.match.choosing import MAX_CANDIDATES
from ingest.match.clean import clean
from ingest.match.cluster import assign, group, told_by
from ingest.match.features import Features, examine, features
from ingest.match.index import Index
from ingest.match.learning import FORGOTTEN_AFTER, is_due, learn
from ingest.match.pair import DEFAULT, Rules
from ingest.match.series import LEAST, SPAN, Issue, series_of
from ingest.match.sign import ALGORITHM, SEED
from ingest.match.sketch import Sketch, sketch
from ingest.match.sketches import read
from ingest.match.verify import are_look_alikes, compare
from ingest.match.vetoes import HARD_REASONS
from ingest.model import ArticleId, Member, Relation, Verdict
from ingest.model.boilerplate import Epoch
from ingest.pipeline.claiming import claims_of
from ingest.pipeline.counts import Counts
from ingest.pipeline.logbook import log
from ingest.pipeline.relating import Relater
from ingest.pipeline.watching import Watcher
from ingest.store import boilerplate, corrections, signatures, stories
from ingest.store.connection import Store
from ingest.store.journal import count_cap, note
from ingest.store.trouble import is_trouble
from ingest.store.verdicts import mark_refused, neighbours, store_verdicts, verdicts_around
from ingest.text.plain import without_surrogates

#: Features of recent articles that are kept at hand; the rest are computed again from their text.
MAX_FEATURES = 5000
#: Stretches of the past, each as long as the window, that are held beside the present.
MAX_STRETCHES = 8
#: Members from which on a story is no longer computed whole whenever one comes.
LARGE = 400
_GROWN = 1.25
#: Articles matched before somebody else may write.
PIECE = 50
#: Publishers learned from at once: the transaction stays short.
MAX_LESSONS = 50
#: Times before it are no dates of news articles; nothing is looked up around them.
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
#: How this version signs.
MAKE = signatures.Make(epoch=EPOCH, algorithm=ALGORITHM, seed=SEED, tokeniser=TOKENISER)
_SECOND_US = 1_000_000


class Matcher:
    """The index of candidates, and the way from a stored text to its story. Lives in the writer's thread."""

    def __init__(self, *, window: timedelta, rules: Rules = DEFAULT, index: str = "table") -> None:
        self._window, self._rules = window, rules
        self._index = Index(window, bands=index)
        self._features: OrderedDict[ArticleId, Features] = OrderedDict()
        self._known, self._epoch = Boilerplate(), 0  # what is ignored, and since which epoch
        self.relater = Relater()
        self.counts = Counts()
        self.watcher = Watcher()  # nobody watches, unless whoever opens the desk says so
        self._since = _EARLIEST  # from here on the index holds every article
        self._stretches: set[int] = set()  # of the time before, what it holds as well

    @classmethod
    def of(cls, settings: Match) -> Matcher:
        """The matcher that [match] of the configuration asks for."""
        return cls(window=settings.window, rules=Rules(rewrites=settings.rewrites), index=settings.index)

    def rebuild(self, store: Store, now: datetime) -> None:
        """Fill the index from the database, and mark what was signed under other rules as to be matched again."""
        if others := signatures.forget_other_makes(store, make=MAKE):
            words = "signed otherwise: signed and matched again, as time allows; `samewire status` says how many wait"
            log.warning("signatures", "outdated", words, articles=others)
        self._recall(store)
        self._since = now - 2 * self._window
        self._index.expect(signatures.count_sketches(store.connection, since=self._since))
        self._hold(signatures.sketches(store.connection, make=MAKE, since=self._since))
        log.info("index", "filled", articles=len(self._index), bytes=self._index.nbytes)

    def held(self) -> tuple[int, int]:
        """How many articles the index holds, and in how many bytes."""
        return len(self._index), self._index.nbytes

    def forget(self, now: datetime) -> int:
        """Housekeeping: let go of articles that no article of today can reach. Returns how many went."""
        self._since = now - 2 * self._window
        self._stretches.clear()
        return self._index.forget(self._since)

    def match(self, store: Store, article_id: ArticleId, now: datetime) -> None:
        """Give an article its verdicts and its place. Belongs inside a transaction.

        When that transaction is rolled back the index may hold a signature too many, which costs a look and no more.
        """
        started_s = perf_counter()
        try:
            with store.transaction():
                before = self._around(store, article_id)
                verdicts = self._judge(store, article_id, now)
                store_verdicts(store, article_id, verdicts, now)
                stories.mark_matched(store, article_id)
                if not self._attach(store, article_id, verdicts, now):
                    self.regroup(store, [article_id, *before, *self._around(store, article_id)], now)
                self.watcher.look(store, article_id, now)
        except BaseException:
            self._features.pop(article_id, None)  # of a text that the database will not hold
            raise
        self.counts.took("match_seconds", perf_counter() - started_s)
        for verdict in verdicts:
            self.counts.add("verdicts_total", verdict.relation)

    def match_waiting(self, store: Store, now: datetime, *, limit: int = 100) -> int:
        """Match what was stored and not matched: after a crash, an import or new rules. Returns how many there were.

        An article that matching stumbles over stays where it is until its text changes, and the journal says so.
        """
        waiting = stories.unmatched(store.connection, limit=limit)
        for article_id in waiting:
            try:
                self.match(store, article_id, now)
            except Exception as exc:  # a fault of ours on one text must not keep the others from their stories
                if is_trouble(exc):  # it waits until the disk has room, or another program lets go
                    raise
                log.exception("match", Reason.CRASHED, article=article_id)
                with store.transaction():
                    stories.mark_matched(store, article_id)
                    reason = f"{type(exc).__name__}: {exc}"
                    note(store, now, "samewire", "not-matched", without_surrogates(reason), article_id=article_id)
        return len(waiting)

    def learn(self, store: Store, now: datetime, *, every: timedelta, limit: int = MAX_LESSONS) -> Epoch | None:
        """Learn from publishers that are due; where that changes what is ignored, a new epoch begins.

        What it affects waits to be matched again. every: how long a publisher whose number of articles is no round
        one waits; zero learns from all of whom something is new.
        """
        due = [each for each in boilerplate.lessons(store.connection) if is_due(each, now, every=every)][:limit]
        if not due:
            return None
        ids = [each.publisher_id for each in due]
        with store.transaction():
            found = {
                one: learn(boilerplate.observations(store.connection, one), since=now - FORGOTTEN_AFTER).learned
                for one in ids
            }
            begun = boilerplate.take_effect(store, found, now)
            self._name(store)
        if begun is not None:
            self._recall(store)
            for article_id in begun.affected:
                self._features.pop(article_id, None)
            log.info("epoch", "learned", number=begun.number, added=begun.added, dropped=begun.dropped,
                     affected=len(begun.affected))  # fmt: skip
        return begun

    def settle(self, store: Store, now: datetime, *, every: timedelta = timedelta(0)) -> int:
        """What is left when nothing waits: learn, match again what that affects, relate what changed.

        Afterwards the stories are those of the set, whatever the order in which it came. every: see `learn`. Returns
        how many articles were matched again.
        """
        return sum(self.settling(store, now, every=every))

    def settling(self, store: Store, now: datetime, *, every: timedelta = timedelta(0)) -> Iterator[int]:
        """The same in pieces of a second or so, between which others may write: how many articles each matched."""
        while self.learn(store, now, every=every) is not None:
            yield 0
            while count := self.match_waiting(store, now, limit=PIECE):
                yield count
        for article_id in stories.unsettled(store.connection):
            with store.transaction():
                self.regroup(store, [article_id], now)
            yield 0
        while self.relater.relate_waiting(store, now):
            yield 0

    def _recall(self, store: Store) -> None:
        self._known = Boilerplate(boilerplate.load(store.connection))
        self._epoch = boilerplate.epoch(store.connection)

    def _name(self, store: Store) -> None:
        """Keep the words of what was learned, which nobody can read out of a hash."""
        new = boilerplate.unworded(store.connection, limit=500)
        examples = stories.documents(store.connection, [one.example for one in new])
        texts = {document.id: document for document in examples}
        for one in new:
            document = texts[one.example]
            found = passages(clean(document.title, document.text).paragraphs)
            boilerplate.word(store, one, next((each.text for each in found if each.hash == one.passage), ""))

    def _attach(self, store: Store, article_id: ArticleId, verdicts: Sequence[Verdict], now: datetime) -> bool:
        """Find an article's place in a large story from its own verdicts; False where more is to be looked at.

        The work does not grow with the story. It is computed whole when it has grown by a quarter, and by `settle`.
        """
        joins = [verdict for verdict in verdicts if verdict.relation is not Relation.DIFFERENT]
        if not joins or any(verdict.reason in HARD_REASONS or told_by(verdict) for verdict in verdicts):
            return False
        others = [verdict.b if verdict.a == article_id else verdict.a for verdict in joins]
        placed = stories.placing(store.connection, [article_id, *others]).story_of
        own, found = placed[article_id], {placed[other] for other in others}
        if len(found) != 1 or own in found or stories.constraints_among(store.connection, [article_id]):
            return False
        (story_id,) = found
        size = stories.size_of(store.connection, story_id)
        if size.members < LARGE or size.members > _GROWN * size.settled:
            return False
        claims = {claim.id: claim for claim in claims_of(store, [article_id, *others], self._known)}
        at = claims[article_id].published_at
        if at is None or size.first_at is None or at <= size.first_at:
            return False
        if stories.size_of(store.connection, own).members > 1:
            return False
        best, via = min(zip(joins, others, strict=True), key=lambda pair: (-pair[0].score, *order_key(claims[pair[1]])))
        member = Member(article_id=article_id, relation=best.relation, score=best.score, via=via, reason=best.reason)
        stories.attach(store, story_id, member, now)
        return True

    def regroup(self, store: Store, seeds: Sequence[ArticleId], now: datetime) -> None:
        """Compute anew the stories that these articles touch."""
        ids = stories.component(store.connection, seeds)
        verdicts = verdicts_around(store.connection, ids)
        found = group(
            claims_of(store, ids, self._known),
            verdicts,
            stories.constraints_among(store.connection, ids),
            series=_series(store, ids)
            if any(verdict.relation is not Relation.DIFFERENT for verdict in verdicts)
            else {},
        )
        stories.apply(store, assign(found.groups, stories.placing(store.connection, ids)), now)
        mark_refused(store, ids, found.refused)

    def obey(self, store: Store, now: datetime) -> int:
        """Act on the corrections that people recorded. Returns how many there were."""
        waiting = corrections.waiting(store.connection)
        for constraint in waiting:
            with store.transaction():
                members = [n for a in constraint.articles for n in neighbours(store.connection, a)]
                self.regroup(store, [*constraint.articles, *members], now)
                corrections.mark_applied(store, constraint.id, now)
                note(store, now, "samewire", "applied", "a person's correction", constraint_id=constraint.id)
        return len(waiting)

    def _judge(self, store: Store, article_id: ArticleId, now: datetime) -> list[Verdict]:
        (document,) = stories.documents(store.connection, [article_id])
        own, seen = examine(document, self._known)
        boilerplate.record(store, seen)
        stories.store_claim(store, article_id, own.claim.to_json())
        self._keep(article_id, own)
        at = document.published_at
        drawn = sketch(own)
        kept_at = at or document.first_seen_at or now
        signatures.store_signature(store, article_id, _signed(own, drawn, self._epoch, kept_at))
        self._reach(store, at)
        candidates = [c for c in self._candidates(store, article_id, drawn, at, now) if c != article_id]
        self.counts.add("candidates_total", "index", by=len(candidates))
        if drawn.words:
            same = signatures.same_words(store.connection, article_id, drawn.words, limit=MAX_CANDIDATES)
            late = [c for c in same if c not in candidates]
            candidates += late
            self.counts.add("candidates_total", "words", by=len(late))
        self._index.add(article_id, drawn, at, kept_at=kept_at)
        new = [c for c in candidates if c not in self._features]
        for other in stories.documents_to_compare(store.connection, new) if new else ():
            self._keep(other.id, features(other, self._known))
        # What is at hand is current: a text changes only in a transaction that ends here, in this one thread.
        held = [self._features[candidate] for candidate in candidates if candidate in self._features]
        told = [other for other in held if not are_look_alikes(own, other)]
        self.counts.add("candidates_total", "look-alikes", by=len(held) - len(told))
        return [compare(own, other, self._rules) for other in told]

    def _candidates(
        self, store: Store, article_id: ArticleId, drawn: Sketch, at: datetime | None, now: datetime
    ) -> tuple[ArticleId, ...]:
        """Whom the index proposes; what its caps cost the answer is counted."""
        postings, left_out = self._index.capped_postings, self._index.capped_candidates
        found = self._index.candidates(drawn, at)
        if self._index.capped_candidates > left_out:
            count_cap(store, "candidates", f"article {article_id}", now)
        if self._index.capped_postings > postings:
            count_cap(store, "postings", f"article {article_id}", now)
        return found

    def _around(self, store: Store, article_id: ArticleId) -> list[ArticleId]:
        """The articles whose place may depend on this one: neighbours by verdict or story, and issues of its series."""
        issues = stories.joined_issues(store.connection, article_id, span_s=SPAN.total_seconds(), enough=LEAST)
        return [*neighbours(store.connection, article_id), *issues]

    def _reach(self, store: Store, at: datetime | None) -> None:
        """Hold the articles around a time that lies before those the index holds anyway.

        The window compares the times of articles: an archive, or a feed that shows old articles, must find theirs.
        """
        if at is None or at < _EARLIEST or at - self._window >= self._since:
            return
        around = range(
            (at - self._window - _EARLIEST) // self._window, (at + self._window - _EARLIEST) // self._window + 1
        )
        missing = [number for number in around if number not in self._stretches]
        if len(self._stretches) + len(missing) > MAX_STRETCHES:
            self._index.forget(self._since)
            self._stretches.clear()
            missing = list(around)
        for number in missing:
            start = _EARLIEST + number * self._window
            until = min(start + self._window, self._since)
            self._hold(signatures.sketches_between(store.connection, make=MAKE, since=start, until=until))
            self._stretches.add(number)

    def _hold(self, kept: Iterable[signatures.KeptSketches]) -> None:
        """Fill the index with articles by the thousand. Raises StoreError when what the database keeps is damaged."""
        for each in kept:
            try:
                many = read(each.blobs)
            except ValueError as exc:
                raise StoreError(
                    f"signatures of articles {min(each.ids)} to {max(each.ids)}: {exc}; restore a backup, or delete "
                    "those rows and run `samewire reprocess`"
                ) from exc
            times = np.array(each.kept_s, dtype=np.int64) * _SECOND_US
            self._index.add_all(np.array(each.ids, dtype=np.int64), many, times, np.array(each.timed, dtype=np.bool_))

    def _keep(self, article_id: ArticleId, value: Features) -> None:
        self._features[article_id] = value
        self._features.move_to_end(article_id)
        while len(self._features) > MAX_FEATURES:
            self._features.popitem(last=False)


def _signed(own: Features, drawn: Sketch, learned: int, kept_at: datetime) -> signatures.Signed:
    """What the database keeps of an article's signature."""
    return signatures.Signed(
        make=MAKE,
        at=own.at,
        kept_at=kept_at,
        sketch=drawn.to_bytes(),
        skipped=None if own.comparable else "flash" if own.flash else "short",
        words=drawn.words,
        title=own.title_hash,
        frame=own.title_frame,
        learned=learned,
    )


def _series(store: Store, ids: Sequence[ArticleId]) -> dict[ArticleId, tuple[str, int]]:
    """The series to which articles like these belong."""
    kept = stories.issues_like(store.connection, ids, span_s=SPAN.total_seconds())
    return series_of(
        Issue(id=one.article_id, publisher=one.publisher, frame=one.frame, title=one.title, at=one.at) for one in kept
    )
