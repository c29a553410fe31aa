"""One article's place among the others: sign, propose, verify, assign, inside the transaction that stores its text."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta

from ingest.match import EPOCH
from ingest.match.cluster import assign, group
from ingest.match.features import Features, features
from ingest.match.index import Index, Sketch, sketch
from ingest.match.verify import compare
from ingest.model import ArticleId, Relation, Verdict
from ingest.store import corrections, stories
from ingest.store.connection import Store
from ingest.store.journal import note

#: Features of recent articles that are kept at hand; the rest are computed again from their text.
MAX_FEATURES = 5000


class Matcher:
    """The index of candidates, and the way from a stored text to its story. Lives in the writer's thread."""

    def __init__(self, *, window: timedelta) -> None:
        self._window = window
        self._index = Index(window)
        self._features: OrderedDict[ArticleId, Features] = OrderedDict()

    def rebuild(self, store: Store, now: datetime) -> None:
        """Fill the index from the database, and mark what was signed under other rules as to be matched again."""
        stories.forget_other_epochs(store, epoch=EPOCH)
        for kept in stories.sketches(store.connection, epoch=EPOCH, since=now - 2 * self._window):
            self._index.add(kept.article_id, Sketch.from_bytes(kept.sketch), kept.at, kept_at=kept.first_seen_at)

    def forget(self, now: datetime) -> int:
        """Housekeeping: let go of articles that no article of today can reach. Returns how many went."""
        return self._index.forget(now - 2 * self._window)

    def match(self, store: Store, article_id: ArticleId, now: datetime) -> None:
        """Give an article its verdicts and its place. Belongs inside a transaction.

        When that transaction is rolled back the index may hold a signature too many, which costs a look and no more.
        """
        with store.transaction():
            before = stories.neighbours(store.connection, article_id)
            verdicts = self._judge(store, article_id)
            stories.store_verdicts(store, article_id, verdicts, now)
            stories.mark_matched(store, article_id)
            joined = [_other(v, article_id) for v in verdicts if v.relation is not Relation.DIFFERENT]
            self.regroup(store, [article_id, *before, *joined], now)

    def match_waiting(self, store: Store, now: datetime, *, limit: int = 100) -> int:
        """Match what was stored and not matched: after a crash, an import or new rules. Returns how many there were."""
        waiting = stories.unmatched(store.connection, limit=limit)
        for article_id in waiting:
            self.match(store, article_id, now)
        return len(waiting)

    def regroup(self, store: Store, seeds: Sequence[ArticleId], now: datetime) -> None:
        """Compute anew the stories that these articles touch."""
        ids = stories.component(store.connection, seeds)
        documents = stories.documents(store.connection, ids)
        groups = group(
            documents, stories.verdicts_among(store.connection, ids), stories.constraints_among(store.connection, ids)
        )
        stories.apply(store, assign(groups, stories.placing(store.connection, ids)), now)

    def obey(self, store: Store, now: datetime) -> int:
        """Act on the corrections that people recorded. Returns how many there were."""
        waiting = corrections.waiting(store.connection)
        for constraint in waiting:
            with store.transaction():
                members = [n for a in constraint.articles for n in stories.neighbours(store.connection, a)]
                self.regroup(store, [*constraint.articles, *members], now)
                corrections.mark_applied(store, constraint.id, now)
                note(store, now, "samewire", "applied", "a person's correction", constraint_id=constraint.id)
        return len(waiting)

    def _judge(self, store: Store, article_id: ArticleId) -> list[Verdict]:
        (document,) = stories.documents(store.connection, [article_id])
        own = features(document)
        self._keep(article_id, own)
        at = document.published_at
        drawn = sketch(own)
        stories.store_signature(store, article_id, epoch=EPOCH, at=at, sketch=drawn.to_bytes())
        candidates = [c for c in self._index.candidates(drawn, at) if c != article_id]
        self._index.add(article_id, drawn, at, kept_at=document.first_seen_at)
        for other in stories.documents(store.connection, [c for c in candidates if c not in self._features]):
            self._keep(other.id, features(other))
        # What is at hand is current: a text changes only in a transaction that ends here, in this one thread.
        return [compare(own, self._features[candidate]) for candidate in candidates]

    def _keep(self, article_id: ArticleId, value: Features) -> None:
        self._features[article_id] = value
        self._features.move_to_end(article_id)
        while len(self._features) > MAX_FEATURES:
            self._features.popitem(last=False)


def _other(verdict: Verdict, article_id: ArticleId) -> ArticleId:
    return verdict.b if verdict.a == article_id else verdict.a
