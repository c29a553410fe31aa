"""What the fetcher alone needs for bombs and floods: the growth of a process that does nothing but fetch them."""

from __future__ import annotations

import asyncio
import json
import os
import re
import tempfile
from pathlib import Path

from bench.siege.case import CASES, TIMEOUT_S
from bench.siege.guard import Guard, Plan
from bench.siege.run import Field
from ingest.errors import FetchError
from ingest.model import Purpose, Request
from ingest.poll.addresses import AddressPolicy
from ingest.poll.fetch import fetch, open_client

#: Cases whose bodies or heads are large or endless.
NAMES = (
    "gzip-bomb-page-size", "gzip-of-gzip", "gzip-bomb-of-gzip", "gzip-members", "gzip-empty-members", "gzip-long-name", "deflate-wrapped",
    "chunk-extension-flood", "chunk-trailer-flood", "chunk-huge", "length-long", "status-line-long", "redirect-endless-body", "coding-stacked",
    "cookies-1000", "items-100k", "attribute-long", "dtd-huge",
)  # fmt: skip


def measure() -> dict[str, object]:
    """Fetch all of them one after the other in a fork. Returns what each came to, and the growth in MB."""
    with Field() as peers, tempfile.NamedTemporaryFile(delete=False) as told:
        plan = Plan(log=str(peers.folder / "guard.log"), ports=peers.ports)
        pid = os.fork()
        if not pid:
            code = 1
            try:
                Guard(plan).install()
                Path(told.name).write_text(json.dumps(asyncio.run(_all())), encoding="utf-8")
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        if status:
            raise SystemExit("the fetcher itself ended badly")
        found: dict[str, object] = json.loads(Path(told.name).read_text(encoding="utf-8"))
    Path(told.name).unlink()
    return found


async def _all() -> dict[str, object]:
    async with open_client(AddressPolicy(), user_agent="samewire/siege (+https://samewire.example)") as client:
        await _one(client, "baseline")
        before_mb, grown = _peak_mb(), {}
        for name in NAMES:
            came = await _one(client, name)
            grown[name] = {"came": came, "growth_mb": round(_peak_mb() - before_mb, 1)}
    return {"largest_growth_mb": round(_peak_mb() - before_mb, 1), "after": grown}


async def _one(client: object, name: str) -> str:
    url = f"{CASES[name].scheme}://{name}.test/f"
    try:
        answer = await fetch(client, Request(url=url, purpose=Purpose.FEED, timeout_s=TIMEOUT_S * 12))  # type: ignore[arg-type]
    except FetchError as exc:
        return str(exc.reason)
    return type(answer).__name__


def _peak_mb() -> float:
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="latin-1"))
    return int(found[1]) / 1024 if found else 0.0
