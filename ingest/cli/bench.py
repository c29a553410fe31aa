"""`samewire bench`: what this machine can carry."""

from __future__ import annotations

import os
import time
from datetime import timedelta

import click

from ingest.cli import common

_INDEXED = 50_000
_WINDOW = timedelta(days=14)


@click.command()
@click.option(
    "--articles",
    type=click.IntRange(1_000, 2_000_000),
    default=_INDEXED,
    show_default=True,
    help="How many articles the index is filled with before it is measured.",
)
@common.json_option()
def bench(articles: int, as_json: bool) -> None:
    """Measure this machine in about a minute, and say how many feeds it can keep up with.

    Reads the pages of the sample newsroom, matches and stores them in a database in the folder for temporary files,
    and fills an index. What counts is processor time, so other work on the machine disturbs it little. The answer
    leaves half of processors and memory free, and takes a feed to bring eleven articles a day, as news feeds do on
    average; feeds that bring more count for more.

    \b
    Examples:
      samewire bench
      samewire bench --json | jq .fleet.feeds
    """
    from ingest.demo.fleet import SHARE, carried, measure

    processors, memory = os.cpu_count() or 1, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with common.Meter() as meter:
        costs = measure(time.process_time, meter.tell, indexed=articles)
    fleet = carried(costs, processors=processors, memory_bytes=memory, window=_WINDOW)
    if as_json:
        common.print_json({"costs": costs, "fleet": fleet, "processors": processors, "memory_bytes": memory})
        return
    rows = [
        ("extracting", f"{1e3 * costs.extract_s:.1f} ms a page"),
        ("matching", f"{1e3 * costs.match_s:.1f} ms an article, stored and verified"),
        ("index", f"{1e6 * costs.question_s:.0f} µs of that and {costs.index_bytes:.0f} bytes, "
                  f"at {costs.indexed:,d} articles"),
        ("this machine", f"{common.count(processors, 'processor')}, {memory / 1e9:.1f} GB of memory"),
        ("carries", f"about {fleet.feeds:,d} feeds with {fleet.articles_a_day:,d} articles a day, at "
                    f"{100 * SHARE:.0f} % of its strength"),
        ("limit", f"{fleet.limit}; the index takes {fleet.memory_mb:,d} MB then"),
    ]  # fmt: skip
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        click.echo(f"{name:<{width}}  {value}")
