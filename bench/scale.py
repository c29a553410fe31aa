"""How the two engines of `samewire cluster` grow with an archive, whether they agree, and how evenly tasks are cut.

    python -m bench.scale                                  10k, 100k and 1M articles: hours, and 24 GiB
    python -m bench.scale --articles 2000 4000 --json      some minutes
    python -m bench.scale --articles --hot 50000           one paragraph in 50,000 articles of a day
    python -m bench.scale --engines reprocess --articles 1000 4000

Archives are those of bench/scale_corpus.py. Each run is a process of its own; processor seconds and memory are read
from /proc for it and all that it starts, the Java machine and Python workers of Spark included. Spark gets the
settings of a large archive whatever the size, so that growth compares like with like. Task times come from
Spark's event log: of each stage of four tasks or more, the longest over the median, where that is a second or more. On
a busy machine compare processor seconds, and ratios within one run.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from tabulate import tabulate

from bench.scale_corpus import Archive
from ingest.match.features import features
from ingest.pipeline.batch import read_articles

MASTER = "local[2,4]"
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_LEAST_MEDIAN_MS = 1_000
_COMMAND = "from ingest.cli import main; main()"
_ENGINES = ("embedded", "spark")  # which give the same lines
_PROGRAM = {
    "embedded": _COMMAND,
    "reprocess": _COMMAND,
    "spark": (
        "import sys; from pathlib import Path; from datetime import timedelta\n"
        "from ingest.scale import engine\n"
        "engine.SMALL_BYTES = 0  # all sizes by the same settings\n"
        "told = lambda stage: print(stage, file=sys.stderr, flush=True)\n"
        "settings = {'spark.eventLog.enabled': 'true', 'spark.eventLog.dir': Path(sys.argv[3]).as_uri(),\n"
        "            'spark.eventLog.rolling.enabled': 'false', 'spark.eventLog.compress': 'false'}\n"
        "lines = engine.cluster_files([Path(sys.argv[1])], window=timedelta(days=14), told=told, master=sys.argv[4],\n"
        "                      settings=settings, work=Path(sys.argv[3]))\n"
        "with open(sys.argv[2], 'w', encoding='utf-8') as out:\n"
        "    out.writelines(line + '\\n' for line, _ in lines)\n"
    ),
}


@dataclass(frozen=True, kw_only=True)
class Run:
    """One engine on one archive."""

    articles: int
    hot: int
    engine: str
    cpu_s: float
    wall_s: float
    peak_mb: int  # of all processes together
    java_mb: int  # of the largest Java machine: in local mode driver and executors are one
    growth: float | None = None  # processor seconds an article, over those of the smaller archive before
    identical: bool | None = None  # to the embedded engine's answer, byte for byte
    skew: float | None = None  # the longest task over the median one, of the worst stage
    failed: str | None = None


def run(engine: str, archive: Path, target: Path, folder: Path, *, articles: int, hot: int, limit_s: int) -> Run:
    """Run one engine; what it and its children take is looked at four times a second."""
    arguments = ["cluster", str(archive), "--output", str(target)]
    if engine == "spark":
        arguments = [str(archive), str(target), str(folder), MASTER]
    if engine == "reprocess":
        arguments = _stored(archive, folder)
    begun = time.monotonic()
    command = [sys.executable, "-c", _PROGRAM[engine], *arguments]
    told = folder / "stderr.txt"
    with (
        told.open("wb") as stderr,
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=None if engine == "spark" else stderr) as process,
    ):
        times: dict[int, float] = {}
        peak = java = 0
        failed = None
        while process.poll() is None:
            total = 0
            for pid, seconds, bytes_held, is_java in _descendants(process.pid):
                times[pid] = max(seconds, times.get(pid, 0.0))
                total += bytes_held
                java = max(java, bytes_held * is_java)
            peak = max(peak, total)
            if time.monotonic() - begun > limit_s:
                failed = f"stopped after {limit_s} s"
                process.kill()
            time.sleep(0.25)
    if failed is None and process.returncode:
        last = told.read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
        failed = f"exit code {process.returncode} {last[-300:]}".strip()
    return Run(
        articles=articles, hot=hot, engine=engine, cpu_s=round(sum(times.values()), 1),
        wall_s=round(time.monotonic() - begun, 1), peak_mb=peak >> 20, java_mb=java >> 20, failed=failed,
        skew=_skew(folder) if engine == "spark" and failed is None else None,
    )  # fmt: skip


def _stored(archive: Path, folder: Path) -> list[str]:
    """Take an archive into a database, which is not measured. Returns what matches all of it again."""
    config = folder / "config.toml"
    config.write_text('[database]\npath = "news.db"\n', encoding="utf-8")
    command = ["--config", str(config)]
    subprocess.run([sys.executable, "-c", _COMMAND, *command, "import", str(archive)], check=True, capture_output=True)
    return [*command, "reprocess"]


def _descendants(root: int) -> Iterator[tuple[int, float, int, bool]]:
    """(process, processor seconds, bytes, whether it is Java) of a process and all below it."""
    found: dict[int, tuple[int, float, int, bool]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                name, _, rest = (entry / "stat").read_text().rpartition(")")
            except OSError:
                continue  # it ended while we looked
            fields = rest.split()
            seconds = (int(fields[11]) + int(fields[12])) / _TICKS
            found[int(entry.name)] = int(fields[1]), seconds, int(fields[21]) * _PAGE, name.endswith("(java")
    for pid, (_, seconds, held, is_java) in found.items():
        above = pid
        while above != root and above in found:
            above = found[above][0]
        if above == root:
            yield pid, seconds, held, is_java


def _skew(folder: Path) -> float | None:
    """The longest task over the median one, of the stage where that is most."""
    tasks: dict[tuple[int, int], list[int]] = {}
    for log in folder.glob("local-*"):
        if log.is_file():
            for line in log.read_text(encoding="utf-8").splitlines():
                event = json.loads(line)
                if event["Event"] == "SparkListenerTaskEnd" and event.get("Task Metrics"):
                    place = event["Stage ID"], event["Stage Attempt ID"]
                    tasks.setdefault(place, []).append(event["Task Metrics"]["Executor Run Time"])
    ratios = [
        max(times) / statistics.median(times)
        for times in tasks.values()
        if len(times) >= 4 and statistics.median(times) >= _LEAST_MEDIAN_MS
    ]
    return round(max(ratios), 2) if ratios else None


def measured(sizes: list[tuple[int, int]], engines: list[str], *, seed: int, limit_s: int) -> Iterator[Run]:
    """Both engines on each archive, given as (articles, hot)."""
    before: dict[str, Run] = {}
    for articles, hot in sizes:
        with tempfile.TemporaryDirectory(prefix="samewire-scale-") as scratch:
            folder = Path(scratch)
            archive = folder / "articles.jsonl"
            with archive.open("w", encoding="utf-8") as out:
                out.writelines(json.dumps(one) + "\n" for one in Archive(seed).articles(articles, hot=hot))
            for engine in engines:
                print(f"{engine}: {articles} articles, {hot} hot", file=sys.stderr)
                (folder / engine).mkdir()
                found = run(
                    engine,
                    archive,
                    folder / f"{engine}.jsonl",
                    folder / engine,
                    articles=articles,
                    hot=hot,
                    limit_s=limit_s,
                )
                last = before.get(engine)
                growth = identical = None
                if found.failed is None and last is not None and last.failed is None and not (hot or last.hot):
                    growth = round(found.cpu_s / articles / (last.cpu_s / last.articles), 2)
                if (
                    engine == "spark"
                    and "embedded" in engines
                    and found.failed is None
                    and before["embedded"].articles == articles
                ):
                    identical = _same(folder / "embedded.jsonl", folder / "spark.jsonl")
                before[engine] = found
                yield Run(**{**asdict(found), "growth": growth, "identical": identical})


def sides(path: Path, limit: int) -> list[tuple[str, float]]:
    """What an article weighs that travels to a verdict: processor time to make and to read it, and bytes."""
    articles = read_articles(path)[:limit]
    begun = time.process_time()
    held = [features(article.document) for article in articles]
    made = time.process_time()
    for one in held:
        one.details.measure()
    closer = time.process_time()
    blobs = [pickle.dumps(one, protocol=5) for one in held]
    read = time.process_time()
    for blob in blobs:
        pickle.loads(blob)
    ended = time.process_time()
    each = 1_000 / max(1, len(articles))
    return [
        ("articles", len(articles)),
        ("ms to measure", round((made - begun) * each, 2)),
        ("ms for what a closer look asks", round((closer - made) * each, 2)),
        ("ms to read it elsewhere", round((ended - read) * each, 2)),
        ("bytes", round(sum(map(len, blobs)) / len(blobs))),
        ("bytes, zlib level 1", round(sum(len(zlib.compress(blob, 1)) for blob in blobs) / len(blobs))),
    ]


def _same(one: Path, other: Path) -> bool | None:
    return one.read_bytes() == other.read_bytes() if one.exists() and other.exists() else None


def main(arguments: list[str] | None = None) -> int:
    """Print the table. Returns 1 when an engine failed, or the two do not agree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--articles", type=int, nargs="*", default=[10_000, 100_000, 1_000_000], help="sizes of archives"
    )
    parser.add_argument("--hot", type=int, nargs="*", default=[], help="sizes of archives that share one paragraph")
    parser.add_argument(
        "--engines",
        nargs="+",
        choices=list(_PROGRAM),
        default=list(_ENGINES),
        help="reprocess: `samewire reprocess` of a database that holds the archive",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, default=6 * 3600, metavar="SECONDS", help="for one run")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument(
        "--sides", type=Path, metavar="FILE", help="only what 300 articles of this JSON Lines file weigh"
    )
    wanted = parser.parse_args(arguments)
    if wanted.sides:
        told = sides(wanted.sides, 300)
        print(json.dumps(dict(told)) if wanted.json else tabulate(told, tablefmt="github"))
        return 0
    sizes = [(count, 0) for count in wanted.articles] + [(count, count) for count in wanted.hot]
    found = []
    for one in measured(sizes, wanted.engines, seed=wanted.seed, limit_s=wanted.limit):
        print(json.dumps(asdict(one)), file=sys.stderr, flush=True)  # the next may take hours, and be stopped
        found.append(one)
    if wanted.json:
        print(json.dumps([asdict(one) for one in found], indent=2))
    else:
        print(tabulate([asdict(one) for one in found], headers="keys", tablefmt="github"))
    return int(any(one.failed is not None or one.identical is False for one in found))


if __name__ == "__main__":
    sys.exit(main())
