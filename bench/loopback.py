"""Servers on loopback that stand for many hosts, in a process of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection

#: Writes an answer; what it does not catch of OSError and a request that breaks off ends the connection quietly.
Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def serve_hosts(answer: Answer, hosts: int, pipe: Connection) -> list[asyncio.Server]:
    """Answer on so many addresses at one port, send their names through the pipe, and wait until it says something."""

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    names = [f"127.0.{number}.1" for number in range(hosts)]
    first = await asyncio.start_server(answered, names[0], 0, backlog=512)
    port = first.sockets[0].getsockname()[1]
    others = [await asyncio.start_server(answered, name, port, backlog=512) for name in names[1:]]
    pipe.send([f"{name}:{port}" for name in names])
    await asyncio.get_running_loop().run_in_executor(None, pipe.recv)
    return [first, *others]
