"""Archives of articles as Parquet: `daemon=NAME/date=YYYY-MM-DD/*.parquet`, and a manifest that alone says what counts.

A file is written under a name that nothing reads, gets its own when it is whole, and belongs to the archive when the
manifest, which is replaced in one step, names it with its checksum. What a stopped export left is no part of it. Of an
article that is named twice the later row counts; a row that says `gone` ends it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.errors import SamewireError

if TYPE_CHECKING:
    import pyarrow as pa

#: Number of the columns and their meaning; a reader refuses any other.
FORMAT = 1
MANIFEST = "manifest.json"
#: What a reader needs of a row to match it; the hashes are for those who look for candidates only.
COMPARED = (
    "id", "gone", "key", "url", "title", "text", "published_at", "first_seen_at", "baseline", "bodiless", "publisher",
    "publisher_kind", "language", "agency", "source_title",
)  # fmt: skip
_EXTRA = "pip install 'samewire[parquet]'"
_NAME_CHARS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of an archive."""

    path: str  # below the daemon's folder
    number: int  # goes up with each part of a daemon: of two rows on one article the higher one's counts
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a daemon's archive is made of."""

    daemon: str
    rules: int  # epoch of cleaning, shingling and signing
    tokeniser: int
    texts: bool  # whether the words are in it, which `samewire cluster` needs
    last: int  # the highest number of a part that there was
    parts: tuple[Part, ...]


def ready() -> None:
    """Raise SamewireError where pyarrow is missing."""
    try:
        import pyarrow  # noqa: F401, PLC0415
    except ImportError as exc:
        raise SamewireError(f"Parquet needs the package pyarrow: {_EXTRA}") from exc


def checked_name(name: str) -> str:
    """Return a daemon's name that can be a folder's. Raises SamewireError."""
    if not name or len(name) > 100 or name.startswith(".") or not _NAME_CHARS.issuperset(name):
        raise SamewireError(
            f"a daemon's name has letters, digits, '.', '_' and '-' and begins with no dot, not {name!r}"
        )
    return name


def schema() -> pa.Schema:
    """Return the columns of a part. Hashes are the bits of unsigned numbers."""
    import pyarrow as pa  # noqa: PLC0415

    text, number, hashes = pa.string(), pa.int64(), pa.list_(pa.uint64())
    time = pa.timestamp("us", tz="UTC")
    columns: list[tuple[str, Any]] = [
        ("id", number), ("gone", text), ("key", text), ("url", text), ("title", text), ("text", text),
        ("published_at", time), ("first_seen_at", time), ("baseline", pa.bool_()), ("bodiless", pa.bool_()),
        ("publisher", text), ("publisher_kind", text), ("language", text), ("agency", text), ("source_title", text),
        ("version", text), ("epoch", number), ("rules", number), ("tokeniser", number),
        ("words", number), ("digest", pa.uint64()), ("band_keys", hashes), ("signature", pa.list_(pa.uint32())),
        ("shingles", hashes), ("lead_shingles", hashes), ("title_words", hashes), ("title_hash", number),
        ("title_frame", number), ("body_hash", number),
    ]  # fmt: skip
    return pa.schema(columns)


def manifest_of(folder: Path) -> Manifest | None:
    """Return the manifest of one daemon's folder; None where there is none. Raises SamewireError naming the file."""
    path = folder / MANIFEST
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["format"] != FORMAT:
            raise SamewireError(f"{path}: format {found['format']} of another samewire; this one reads {FORMAT}")
        parts = tuple(Part(**part) for part in found["parts"])
        for part in parts:
            _inside(folder, part.path)
        return Manifest(
            daemon=checked_name(found["daemon"]),
            rules=int(found["rules"]),
            tokeniser=int(found["tokeniser"]),
            texts=bool(found["texts"]),
            last=int(found["last"]),
            parts=parts,
        )
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise SamewireError(f"{path}: {exc.strerror}") from exc
    except (ValueError, KeyError, TypeError) as exc:
        raise SamewireError(f"{path}: not a manifest of an archive: {exc}") from exc


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put a manifest in the place of the one before, whole or not at all."""
    told = json.dumps({"format": FORMAT, **asdict(manifest)}, indent=1)
    _replace(folder / MANIFEST, told.encode())


def write_part(folder: Path, manifest: Manifest, date: str, rows: Sequence[dict[str, object]]) -> Manifest:
    """Write rows of one date as a part and return the manifest that names it, which is not written yet."""
    number = manifest.last + 1
    part = _written(folder, f"date={date}/part-{number:08d}.parquet", number, rows)
    return replace(manifest, last=number, parts=(*manifest.parts, part))


def without(folder: Path, manifest: Manifest, gone: Collection[int]) -> Manifest:
    """Write the parts that hold rows on these articles anew without them; return the manifest, not written yet."""
    import pyarrow.compute as pc  # noqa: PLC0415

    parts = []
    for part in manifest.parts:
        ids = read_part(folder, part, ["id"]).column("id").to_pylist()
        if not gone or set(gone).isdisjoint(ids):
            parts.append(part)
            continue
        table = read_part(folder, part)
        left = table.filter(pc.invert(pc.is_in(table.column("id"), value_set=_array(gone)))).to_pylist()
        again = part.path.removesuffix(".parquet") + "+.parquet"
        parts.append(_written(folder, again, part.number, left))
    return replace(manifest, parts=tuple(parts))


def sweep(folder: Path, manifest: Manifest) -> None:
    """Remove what a stopped export left: files that the manifest does not name."""
    named = {part.path for part in manifest.parts}
    for path in sorted(folder.glob("date=*/*")):
        if str(path.relative_to(folder)) not in named:
            path.unlink()


def folders_of(root: Path) -> list[Path]:
    """Return the daemons' folders of an archive, or the folder itself where it is one. Raises SamewireError."""
    found = [root] if (root / MANIFEST).is_file() else sorted(path.parent for path in root.glob(f"daemon=*/{MANIFEST}"))
    if not found:
        raise SamewireError(f"{root}: no archive: neither {MANIFEST} nor daemon=NAME/{MANIFEST} is in it")
    return found


def read_part(folder: Path, part: Part, columns: Sequence[str] | None = None) -> pa.Table:
    """Return the rows of a part. Raises SamewireError naming the file when it is not what the manifest says."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    path = folder / part.path
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise SamewireError(f"{path}: {exc.strerror}, and the manifest names it") from exc
    found = hashlib.sha256(data).hexdigest()
    if found != part.sha256:
        raise SamewireError(
            f"{path}: its checksum is {found[:12]}… and the manifest says {part.sha256[:12]}…: the file was changed or "
            "damaged; bring it back from a copy, or remove the daemon's folder and export anew"
        )
    try:
        return pq.read_table(pa.BufferReader(data), columns=list(columns) if columns else None)
    except pa.ArrowException as exc:
        raise SamewireError(f"{path}: not Parquet: {exc}") from exc


def all_folders(roots: Sequence[Path]) -> list[Path]:
    """Return the folders of all daemons of some archives, by the daemons' names. Raises SamewireError."""
    named: dict[str, Path] = {}
    for folder in (folder for root in roots for folder in folders_of(root)):
        daemon = needed(folder).daemon
        if daemon in named:
            raise SamewireError(
                f"{folder} and {named[daemon]}: two archives of one daemon {daemon!r}; name one of them"
            )
        named[daemon] = folder
    return [named[daemon] for daemon in sorted(named)]


def latest(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of one daemon's archive that count, by id, each with its `daemon`."""
    manifest = needed(folder)
    newest: dict[int, tuple[int, int]] = {}  # article: part, row
    for place, part in enumerate(manifest.parts):
        ids = read_part(folder, part, ["id"]).column("id").to_pylist()
        newest.update((article_id, (place, row)) for row, article_id in enumerate(ids))
    yield from sorted(_rows(folder, manifest, newest), key=lambda row: row["id"])


def needed(folder: Path) -> Manifest:
    """Return the manifest of a folder from which stories can be made. Raises SamewireError."""
    manifest = manifest_of(folder)
    if manifest is None:
        raise SamewireError(f"{folder / MANIFEST}: no such file")
    if not manifest.texts:
        raise SamewireError(
            f"{folder}: an archive without texts, which matching compares in the end; set export.full_text = true and "
            "export into an empty folder"
        )
    return manifest


def _rows(folder: Path, manifest: Manifest, newest: dict[int, tuple[int, int]]) -> Iterator[dict[str, Any]]:
    for place, part in enumerate(manifest.parts):
        for number, row in enumerate(read_part(folder, part, COMPARED).to_pylist()):
            if newest[row["id"]] == (place, number) and row["gone"] is None:
                yield {**row, "daemon": manifest.daemon}


def _written(folder: Path, name: str, number: int, rows: Sequence[dict[str, object]]) -> Part:
    """Write rows as a file."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema()), sink, compression="zstd")
    data = sink.getvalue().to_pybytes()
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    _replace(folder / name, data)
    return Part(path=name, number=number, rows=len(rows), bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


def _array(ids: Iterable[int]) -> pa.Array:
    import pyarrow as pa  # noqa: PLC0415

    return pa.array(sorted(ids), pa.int64())


def _inside(folder: Path, name: str) -> None:
    """Refuse a name that leads out of its folder."""
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise SamewireError(f"{folder / MANIFEST}: {name!r} leads out of the archive")


def _replace(path: Path, data: bytes) -> None:
    """Give a file its content in one step that outlives a power cut."""
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def versions(folder: Path, manifest: Manifest) -> Iterable[tuple[int, str]]:
    """Yield (article, version) of every row, the later ones later; an article that is gone has the version ""."""
    for part in manifest.parts:
        table = read_part(folder, part, ["id", "version", "gone"])
        for article_id, version, gone in zip(*(column.to_pylist() for column in table.columns), strict=True):
            yield article_id, "" if gone is not None else version
