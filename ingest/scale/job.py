"""The job for a cluster: `spark-submit deploy/spark/job.py`; master, machines and memory are spark-submit's to say."""

from __future__ import annotations

import argparse
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import click

from ingest.errors import SamewireError
from ingest.match.postings import PER_DAY
from ingest.scale.engine import Clustered, clustered, read_from
from ingest.scale.frames import Stages
from ingest.scale.session import opened
from ingest.scale.sources import from_lines


def main(arguments: list[str] | None = None) -> int:
    """Find the stories and write their lines. Returns 0 when they are whole, 1 when something failed, 2 for usage."""
    wanted = _parser().parse_args(arguments)
    try:
        with opened(wanted.master) as session:
            work = f"{wanted.work.rstrip('/')}/{session.sparkContext.applicationId}"
            stages = Stages(session, work, lambda stage: click.echo(stage, err=True))
            first = wanted.articles[0]
            if len(wanted.articles) == 1 and (urlsplit(first).scheme or not Path(first).is_dir()):
                articles = from_lines(stages, first if urlsplit(first).scheme else Path(first))
            else:
                articles = read_from(stages, [Path(each) for each in wanted.articles])
            found = clustered(stages, articles, timedelta(days=wanted.window))
            # In the order of the articles, part by part; `_SUCCESS` comes last, and without it this is no answer.
            found.lines.orderBy("id").select("line").write.mode(wanted.mode).text(_uri(wanted.output))
            stages.drop()
            click.echo(_capped(found), err=True)
    except SamewireError as exc:
        click.echo(f"samewire: {exc}", err=True)
        return 1
    return 0


def _capped(found: Clustered) -> str:
    """What caps left out, in a sentence."""
    hottest = f"the hottest key was that of {found.hottest} articles of a day"
    none = f"no key was that of more than {PER_DAY} articles of a day"
    return (
        f"{found.capped_postings} postings and {found.capped_candidates} candidates were capped; "
        f"{hottest if found.hottest else none}"
    )


def _uri(path: str) -> str:
    return path if urlsplit(path).scheme else Path(path).resolve().as_uri()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="spark-submit job.py",
        description="Find the stories in an archive: the lines of `samewire cluster`, as a folder of text files.",
        epilog="example: spark-submit --master spark://head:7077 job.py --work hdfs:///tmp/samewire "
        "--output hdfs:///stories/2026-11 /mnt/archive",
    )
    parser.add_argument(
        "articles",
        nargs="+",
        help="JSON Lines (a path or an address that Spark reads), or folders of Parquet archives, which every machine "
        "must have mounted under this path",
    )
    parser.add_argument(
        "--output", required=True, help="folder for the lines; a file _SUCCESS in it says that they are whole"
    )
    parser.add_argument("--work", required=True, help="folder that all machines share; stages are written into it")
    parser.add_argument(
        "--window", type=float, default=14, metavar="DAYS", help="articles further apart are not compared (14)"
    )
    parser.add_argument("--master", help="only without spark-submit: local[2,4] and the like")
    parser.add_argument(
        "--mode",
        choices=["errorifexists", "overwrite"],
        default="errorifexists",
        help="what to do where the output is there already",
    )
    return parser
