"""Articles out of the database into a Parquet archive: what is new and what changed, each file whole or not at all."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from ingest.config import Config
from ingest.errors import SamewireError
from ingest.match import EPOCH, TOKENISER
from ingest.match.boilerplate import Boilerplate
from ingest.match.features import Features, features
from ingest.match.keys import asked
from ingest.match.sketch import sketch
from ingest.model import Document
from ingest.publish import archive
from ingest.publish.archive import Manifest
from ingest.store import boilerplate, stories
from ingest.store.connection import open_reader
from ingest.store.export import Archivable, archivable

#: Rows of a part at most; a stopped export begins again with the part that it was at.
PART_ROWS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """What an export did."""

    folder: str
    written: int  # articles that were new or had changed
    gone: int  # articles whose words were taken out
    held: int  # rows there are now
    parts: int
    bytes: int


def archived(config: Config, root: Path, daemon: str, tell: Callable[[int, int], None]) -> Archived:
    """Bring an archive up to the database. It can be stopped at any time: the next one goes on where it stopped.

    Raises SamewireError where pyarrow is missing, or the archive is another daemon's, other rules' or being written.
    """
    archive.ready()
    folder = root / f"daemon={archive.checked_name(daemon)}"
    with closing(open_reader(config.database_path)) as connection, _held(folder):
        manifest = _begun(folder, daemon, texts=config.export.full_text)
        held = dict(archive.versions(folder, manifest))
        found = list(archivable(connection))
        gone = [one for one in found if one.redacted and held.get(one.id)]
        if gone:
            manifest = archive.without(folder, manifest, {one.id for one in gone})
            for date, ended in groupby(gone, lambda one: one.date):
                rows: list[dict[str, object]] = [_gone(one) for one in ended]
                manifest = archive.write_part(folder, manifest, date, rows)
            archive.write_manifest(folder, manifest)
        due = [one for one in found if not one.redacted and held.get(one.id) != one.version]
        known = Boilerplate(boilerplate.load(connection))
        done = 0
        for date, part in _parts(due):
            documents = stories.documents(connection, [one.id for one in part])
            versions = {one.id: one for one in part}
            rows = [_row(document, versions[document.id], known, texts=manifest.texts) for document in documents]
            manifest = archive.write_part(folder, manifest, date, rows)
            archive.write_manifest(folder, manifest)
            done += len(part)
            tell(done, len(due))
        archive.sweep(folder, manifest)
    return Archived(
        folder=str(folder),
        written=len(due),
        gone=len(gone),
        held=sum(part.rows for part in manifest.parts),
        parts=len(manifest.parts),
        bytes=sum(part.bytes for part in manifest.parts),
    )


def _parts(due: list[Archivable]) -> Iterator[tuple[str, list[Archivable]]]:
    """What is due, by date, in pieces of a part."""
    for date, of_date in groupby(due, lambda one: one.date):
        held = list(of_date)
        for start in range(0, len(held), PART_ROWS):
            yield date, held[start : start + PART_ROWS]


def _begun(folder: Path, daemon: str, *, texts: bool) -> Manifest:
    """The manifest to go on from. Raises SamewireError where what is there is of another kind."""
    fresh = Manifest(daemon=daemon, rules=EPOCH, tokeniser=TOKENISER, texts=texts, last=0, parts=())
    found = archive.manifest_of(folder)
    if found is None:
        archive.write_manifest(folder, fresh)
        return fresh
    archive.sweep(folder, found)
    for what, old, new in (
        ("daemon", found.daemon, daemon),
        ("rules", found.rules, EPOCH),
        ("tokeniser", found.tokeniser, TOKENISER),
        ("export.full_text", found.texts, texts),
    ):
        if old != new:
            raise SamewireError(
                f"{folder / archive.MANIFEST}: {what} was {old} when this archive was begun and is {new} now; export "
                "into an empty folder"
            )
    return found


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Nobody else writes into this folder meanwhile. Raises SamewireError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".lock").open("w", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as exc:
                raise SamewireError(f"{folder}: another export writes into it; wait until it has ended") from exc
            yield
    except OSError as exc:
        raise SamewireError(f"{exc.filename or folder}: {exc.strerror}") from exc


def _gone(one: Archivable) -> dict[str, object]:
    """The row that ends an article."""
    return {"id": one.id, "gone": "redacted", "version": one.version, "rules": EPOCH, "tokeniser": TOKENISER}


def _row(document: Document, one: Archivable, known: Boilerplate, *, texts: bool) -> dict[str, object]:
    """An article as an archive holds it."""
    measured = features(document, known)
    return {
        "id": document.id,
        "gone": None,
        "key": document.key,
        "url": document.url,
        "title": document.title,
        "text": document.text if texts else None,
        "published_at": document.published_at,
        "first_seen_at": document.first_seen_at,
        "baseline": document.baseline,
        "bodiless": document.bodiless,
        "publisher": document.publisher,
        "publisher_kind": document.kind.value,
        "language": document.language,
        "agency": document.agency,
        "source_title": document.source_title,
        "version": one.version,
        "epoch": one.learned,
        "rules": EPOCH,
        "tokeniser": TOKENISER,
        **_hashes(measured),
    }


def _hashes(measured: Features) -> dict[str, object]:
    """What the index and the first look at a pair ask of an article, as numbers."""
    drawn = sketch(measured)
    wanted = asked(drawn, None, banded=True)
    return {
        "words": measured.words,
        "digest": drawn.digest,
        "band_keys": wanted.keys[: wanted.bands],
        "signature": drawn.signature,
        "shingles": measured.shingles,
        "lead_shingles": measured.lead,
        "title_words": measured.title,
        "title_hash": measured.title_hash,
        "title_frame": measured.title_frame,
        "body_hash": measured.body,
    }
