"""What each stage of the core costs an article, beside another checkout: `python -m bench.stages [--beside FOLDER]`.

Processor time in microseconds, of the labelled texts of ../shared/data/stories (`--set events` or `newswire` are made
from a seed and always there). Each round is a process of its own, here and in the other checkout by turns, and of each
stage the least counts: ratios hold on a busy machine, seconds do not. `--beside` takes the folder of a checkout whose
`ingest` is measured with this script, with the same environment. Exit 2 where the texts are not there.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
_NOW = datetime(2026, 5, 1, tzinfo=UTC)
_WINDOW = timedelta(days=14)
_WARM = 20  # articles that are read before anything is measured: word lists and tables are made at first use


def measured(name: str, limit: int) -> dict[str, float]:
    """Microseconds an article of each stage, in this process; compared pairs are counted a pair."""
    from bench.corpora import FILES, from_file, generated  # noqa: PLC0415 - of the checkout that is measured
    from ingest.match.batch import measure, propose  # noqa: PLC0415
    from ingest.match.clean import clean  # noqa: PLC0415
    from ingest.match.event import StoryPoint, link_all  # noqa: PLC0415
    from ingest.match.features import examine  # noqa: PLC0415
    from ingest.match.index import Index  # noqa: PLC0415
    from ingest.match.profile import Profile, profile  # noqa: PLC0415
    from ingest.match.sketch import sketch  # noqa: PLC0415
    from ingest.match.terms import Terms, weigh  # noqa: PLC0415
    from ingest.match.verify import compare  # noqa: PLC0415
    from ingest.model import StoryId  # noqa: PLC0415

    labelled = from_file(FILES["dev"], limit=limit) if name == "dev" else generated(name, 1, limit=limit)
    documents = [each.document for each in labelled.articles]
    for document in documents[:_WARM]:
        examine(document), profile(document)
    count, found = len(documents), dict[str, float]()

    def timed(stage: str, work: Callable[[], T], of: int = count) -> T:
        begun = time.process_time()
        answer = work()
        found[stage] = 1e6 * (time.process_time() - begun) / max(1, of)
        return answer

    timed("clean", lambda: [clean(each.title, each.text) for each in documents])
    features = timed("features, claim, observation", lambda: measure(documents))
    timed("sketch", lambda: [sketch(each) for each in features.values()])
    pairs = timed("propose", lambda: propose(list(features.values()), Index(_WINDOW)))
    timed("compare (a pair)", lambda: [compare(features[a], features[b]) for a, b in sorted(pairs)], of=len(pairs))
    profiles = timed("profile", lambda: [profile(each) for each in documents])
    kept = [each.to_bytes() for each in profiles]
    timed("profile read back", lambda: [Profile.from_bytes(each) for each in kept])
    terms = Terms.learn(profiles)
    timed("weigh", lambda: [weigh(each, terms) for each in profiles])
    points = [StoryPoint(id=StoryId(d.id), key=d.key, profile=p) for d, p in zip(documents, profiles, strict=True)]
    timed("relate all", lambda: link_all(points, terms))
    timed("everything, into a database", lambda: _taken_in(labelled.articles))
    return found


def _taken_in(articles: list[Any]) -> None:
    """An import of the articles: all of matching and storing."""
    from ingest.config import load  # noqa: PLC0415
    from ingest.pipeline.transfer import import_articles  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.toml").write_text("", encoding="utf-8")
        lines = [json.dumps(_record(each)) for each in articles]
        (folder / "texts.jsonl").write_text("\n".join(lines), encoding="utf-8")
        import_articles(load(folder / "config.toml").config, folder / "texts.jsonl", _NOW, lambda _done, _total: None)


def _record(each: Any) -> dict[str, object]:
    one = each.document
    at = one.published_at.isoformat() if one.published_at else None
    return {"id": str(each.id), "url": one.url, "title": one.title, "text": one.text, "published_at": at,
            "publisher": one.publisher, "language": one.language}  # fmt: skip


def in_turns(folders: Mapping[str, Path], rounds: int, arguments: list[str]) -> dict[str, dict[str, float]]:
    """The least of each stage over so many rounds, in each checkout by turns."""
    least: dict[str, dict[str, float]] = {label: {} for label in folders}
    for number in range(rounds):
        for label, folder in folders.items():
            print(f"round {number + 1} of {rounds}: {label}", file=sys.stderr, flush=True)
            environment = {**os.environ, "PYTHONPATH": str(folder)}
            done = subprocess.run(
                [sys.executable, __file__, "--once", *arguments],
                cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=True,
            )  # fmt: skip
            for stage, value in json.loads(done.stdout).items():
                least[label][stage] = min(value, least[label].get(stage, value))
    return least


def main(arguments: list[str] | None = None) -> int:
    """Measure and print. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--beside", type=Path, help="a checkout to measure by turns with this one")
    parser.add_argument("--set", choices=["dev", "events", "newswire"], default="dev", help="the texts (dev)")
    parser.add_argument("--limit", type=int, default=300, help="articles at most (300)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of which the least counts (5)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.once:
        sys.path[0] = str(Path.cwd())
        print(json.dumps(measured(chosen.set, chosen.limit)))
        return 0
    if chosen.beside is not None and not (chosen.beside / "ingest" / "match").is_dir():
        print(f"{chosen.beside} holds no checkout: there is no ingest/match in it", file=sys.stderr)
        return 2
    if chosen.set == "dev" and not (ROOT.parent / "shared" / "data" / "stories" / "dev.jsonl").exists():
        print("dev.jsonl is not there (expected in ../shared/data/stories): try --set events", file=sys.stderr)
        return 2
    folders = {"beside": chosen.beside.resolve()} if chosen.beside else {}
    found = in_turns({**folders, "here": ROOT}, chosen.rounds, ["--set", chosen.set, "--limit", str(chosen.limit)])
    if chosen.json:
        print(json.dumps(found))
        return 0
    print(f"{'processor time, µs an article':<34}" + "".join(f"{label:>12}" for label in found))
    for stage, value in found["here"].items():
        values = [found[label][stage] for label in found]
        times = f"{values[0] / value:8.2f} times less" if chosen.beside else ""
        print(f"{stage:<34}" + "".join(f"{each:12.1f}" for each in values) + times)
    return 0


if __name__ == "__main__":
    sys.exit(main())
