"""How many exchanges this process may have at once, given how many files it may open."""

from __future__ import annotations

import resource
from dataclasses import replace

from ingest.config import Config

#: Files beside the exchanges': the database and its readers, pipes to workers, mails and calls under way, the log.
OTHER_FILES = 48
#: Feeds and pages are asked side by side, each up to poll.concurrency at once.
SIDES = 2


def within_the_limit(config: Config) -> tuple[Config, str | None]:
    """The configuration with no more exchanges at once than there are files for, and what to tell when that is fewer.

    The soft limit is raised as far as the hard one allows. Without this, connections that cannot be opened would count
    as failures of feeds that nobody had asked.
    """
    wanted = SIDES * config.poll.concurrency + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return config, None
    least = max(1, (soft - OTHER_FILES) // SIDES)
    told = (
        f"only {soft} files may be open: {least} exchanges at once instead of poll.concurrency = "
        f"{config.poll.concurrency}; raise the limit (ulimit -n, LimitNOFILE=) to {wanted}"
    )
    return replace(config, poll=replace(config.poll, concurrency=least)), told
