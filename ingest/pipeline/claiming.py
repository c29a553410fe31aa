"""What articles say of their origin: as it is kept, and read anew where it is not."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from ingest.match.boilerplate import Boilerplate
from ingest.match.claims import Claim
from ingest.match.features import NOTHING, features
from ingest.model import ArticleId
from ingest.store import stories
from ingest.store.connection import Store


def claims_of(store: Store, ids: Sequence[ArticleId], known: Boilerplate = NOTHING) -> list[Claim]:
    """Return the claims of articles; those that are missing, or of another version, are stored on the way."""
    found = []
    for text in stories.claims(store.connection, ids).values():
        with suppress(ValueError):  # of another version
            found.append(Claim.from_json(text))
    held = {claim.id for claim in found}
    missing = [article_id for article_id in ids if article_id not in held]
    for document in stories.documents(store.connection, missing) if missing else ():
        found.append(features(document, known).claim)
        stories.store_claim(store, document.id, found[-1].to_json())
    return found
