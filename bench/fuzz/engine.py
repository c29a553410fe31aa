"""Changes seeds a little, over and over, keeps what led to something new, and stops at whatever must not be."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import time
import traceback
from collections.abc import Hashable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.fuzz.targets import TARGETS, WORDS

#: Longer inputs only cost time: what caps do with megabytes is tried in bench/torture.py and the tests.
MAX_BYTES = 16 * 1024
#: An input that takes so much processor time is a finding: a worker would be near its deadline of 20 s.
SLOW_S = 8.0
MOST_KEPT = 2000


class TooSlow(Exception):
    """An input took too much of the processor."""


@dataclass
class Run:
    """What came of fuzzing one target."""

    target: str
    inputs: int = 0
    seconds: float = 0.0
    outcomes: int = 0
    slowest_s: float = 0.0
    findings: list[str] = field(default_factory=list)


def seeds_of(target: str, folders: Sequence[Path]) -> list[bytes]:
    """Every file of a target's corpus, in one order everywhere."""
    return [path.read_bytes() for folder in folders for path in sorted((folder / target).glob("*")) if path.is_file()]


def try_one(target: str, data: bytes) -> Hashable:
    """What a target makes of an input. Raises TooSlow, and whatever the target lets out."""

    def ring(_number: int, _frame: object) -> None:
        raise TooSlow(f"more than {SLOW_S:g} s of the processor")

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, SLOW_S)
    try:
        return TARGETS[target](data)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def fuzz(target: str, *, seeds: Sequence[bytes], seconds: float, seed: int, keep: Path) -> Run:
    """Fuzz one target for so long.

    seconds: of the processor, so that an hour is an hour on a busy machine too.
    keep: where the input under way stands, in case the interpreter itself dies of it, and those that are findings.
    """
    rng, run = random.Random(f"{seed} {target}"), Run(target)
    keep.mkdir(parents=True, exist_ok=True)
    current = keep / f"{target}-current"
    kept, seen, faults = list(seeds) or [b""], set[Hashable](), set[str]()
    waiting = list(kept)
    started_s = time.process_time()
    while waiting or time.process_time() - started_s < seconds:
        data = waiting.pop() if waiting else mutated(rng, kept, WORDS[target])
        current.write_bytes(data)
        run.inputs += 1
        begun_s = time.process_time()
        try:
            outcome = try_one(target, data)
        except Exception as exc:
            told = _place(exc)
            if told not in faults:  # one place is one finding, whatever it says of its input
                faults.add(told)
                name = keep / f"{target}-{hashlib.sha256(data).hexdigest()[:12]}"
                name.write_bytes(data)
                run.findings.append(f"{told}: {str(exc)[:160]!r} (input in {name})")
            continue
        run.slowest_s = max(run.slowest_s, time.process_time() - begun_s)
        if outcome not in seen and len(kept) < MOST_KEPT:
            seen.add(outcome)
            kept.append(data)
    current.unlink()
    run.seconds, run.outcomes = time.process_time() - started_s, len(seen)
    return run


def apart(target: str, **how: object) -> Run:
    """`fuzz` in a process of its own, so that an input that kills the interpreter is a finding like any other."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        code = 1
        try:
            run = fuzz(target, **how)  # type: ignore[arg-type]
            os.write(writing, json.dumps(asdict(run)).encode())
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        text = pipe.read().decode()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code or not text:
        return Run(target, findings=[f"the process ended with {code} (input in {how['keep']}/{target}-current)"])
    return Run(**json.loads(text))


def mutated(rng: random.Random, kept: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    """One of the kept inputs, changed in one to eight places."""
    data = bytearray(rng.choice(kept))
    for _ in range(1 << rng.randrange(4)):
        at, end = sorted(rng.randrange(len(data) + 1) for _ in range(2))
        match rng.randrange(8):
            case 0 if data:
                data[rng.randrange(len(data))] = rng.randrange(256)
            case 1:
                data[at:at] = rng.choice(words)
            case 2:
                data[at : min(end, at + 64)] = rng.choice(words)
            case 3:
                del data[at : min(end, at + rng.choice((1, 4, 64, 1024)))]
            case 4:
                data[at:at] = data[at : min(end, at + 200)] * rng.choice((1, 1, 2, 30))
            case 5:
                other = rng.choice(kept)
                data[at:end] = other[rng.randrange(len(other) + 1) :][: rng.choice((8, 200, 4000))]
            case 6:
                data[at:at] = bytes([rng.randrange(256)]) * rng.choice((1, 2, 8, 300))
            case _ if data:
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data[:MAX_BYTES])


def _place(exc: Exception) -> str:
    """The kind of a fault and where it came from: what tells one finding from another."""
    frames = [one for one in traceback.extract_tb(exc.__traceback__) if "/bench/fuzz/engine" not in one.filename]
    ours = [one for one in frames if "/ingest/" in one.filename] or frames
    last = ours[-1] if ours else None
    at = f"{last.filename.rpartition('/ingest/')[2]}:{last.lineno}" if last else "?"
    return f"{type(exc).__name__} at {at}"
