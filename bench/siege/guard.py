"""Keeps a siege on this machine: answers names, leads public addresses to the peers, and notes every other connection.

samewire's address filter stays on: it is told public addresses, and connects to them; only then is the connection led
to loopback. A connection to any other address is a breach: it is noted and fails. Opened bait files and started
commands are noted too. `site/sitecustomize.py` installs the same guard in worker processes. What C code does by itself
is seen by the inner listener (`peers`), which nobody may reach.
"""

from __future__ import annotations

import ipaddress
import json
import os
import socket
import sys
from dataclasses import asdict, dataclass, field
from typing import Any

PUBLIC_V4 = ipaddress.ip_network("93.184.216.0/24")
PUBLIC_V6 = ipaddress.ip_network("2606:2800:220:1::/64")
PLAN = "SAMEWIRE_SIEGE_PLAN"
_BAIT = ("/etc/passwd", "/etc/shadow", "/etc/hostname", "/proc/self/environ")

#: Names with an answer of their own: one list a look-up, the last for all that follow.
NAMES: dict[str, list[list[str]]] = {
    "v6only.test": [["2606:2800:220:1::7"]],
    "both.test": [["2606:2800:220:1::8", "93.184.216.8"]],
    "dead6.test": [["2606:2800:220:1::dead", "93.184.216.9"]],
    "inside.test": [["10.0.0.7"]],
    "inside6.test": [["fd00::7"]],
    "mixed.test": [["93.184.216.7", "10.0.0.7"]],
    "mixed6.test": [["93.184.216.7", "::1"]],
    "mapped.test": [["::ffff:127.0.0.1"]],
    "sixtofour.test": [["2002:7f00:1::1"]],
    "teredo.test": [["2001:0:4136:e378:8000:63bf:80ff:fffe"]],
    "nat64.test": [["64:ff9b::7f00:1"]],
    "zone.test": [["fe80::1%lo"]],
    "multicast.test": [["224.0.0.251"]],
    "broadcast.test": [["255.255.255.255"]],
    "shared.test": [["100.64.0.1"]],
    "benchmark.test": [["198.18.0.1"]],
    "rebind.test": [["93.184.216.8"], ["127.0.0.1"]],
    "many.test": [[f"93.184.216.{n}" for n in range(1, 251)]],
    "many-inside.test": [[*(f"93.184.216.{n}" for n in range(1, 251)), "192.168.1.1"]],
    "noanswer.test": [[]],
}


@dataclass(slots=True)
class Plan:
    """Where what leads, and where it is noted."""

    log: str
    ports: dict[str, int] = field(default_factory=dict)  # of a public address to that of a peer
    operator: list[int] = field(default_factory=list)  # on loopback, named in the configuration
    rebound: int = 0  # look-ups of names in NAMES that were made in runs before this one

    def text(self) -> str:
        """For the environment."""
        return json.dumps(asdict(self))


class Guard:
    """Stands before the sockets of one process."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._log = os.open(plan.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._asked: dict[str, int] = {}
        self._getaddrinfo, self._connect = socket.getaddrinfo, socket.socket.connect

    def install(self) -> None:
        """Take the place of the system's look-up and connect."""
        socket.getaddrinfo = self.look_up
        connect = self.connect

        def led(sock: socket.socket, address: Any) -> None:
            connect(sock, address)

        socket.socket.connect = led  # type: ignore[method-assign, assignment]
        sys.addaudithook(self.audit)

    def note(self, kind: str, what: str) -> None:
        """Write one line of the log."""
        os.write(self._log, (json.dumps({"kind": kind, "what": what}) + "\n").encode())

    def look_up(self, host: Any, port: Any, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0) -> Any:
        """Answer as getaddrinfo does: literals by the system, names from the table, others are unknown."""
        name = (host.decode() if isinstance(host, bytes) else str(host or "localhost")).rstrip(".").lower()
        found = self._known(name)
        if found is None:
            return self._getaddrinfo(host, port, family, type, proto, flags | socket.AI_NUMERICHOST)
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        rows = []
        for address in found:
            kind = socket.AF_INET6 if ":" in address else socket.AF_INET
            where = (address, int(port or 0), 0, 0) if ":" in address else (address, int(port or 0))
            rows.append((kind, type or socket.SOCK_STREAM, socket.IPPROTO_TCP, "", where))
        return rows

    def _known(self, name: str) -> list[str] | None:
        if name == "localhost" or name.endswith(".localhost"):
            return ["127.0.0.1"]
        scripted = NAMES.get(name)
        if scripted is not None:
            nth = self._plan.rebound + self._asked.get(name, 0)
            self._asked[name] = self._asked.get(name, 0) + 1
            return scripted[min(nth, len(scripted) - 1)]
        if name.endswith(".test"):
            return [f"93.184.216.{10 + sum(name.encode()) % 200}"]
        try:
            self._getaddrinfo(name, 1, flags=socket.AI_NUMERICHOST)
        except (OSError, UnicodeError):
            return []
        return None

    def connect(self, sock: socket.socket, address: Any) -> None:
        """Connect to a peer where a public address was asked for; note and refuse everything else."""
        if sock.family == socket.AF_UNIX:
            return self._connect(sock, address)
        host, port = str(address[0]), int(address[1])
        ip = ipaddress.ip_address(host.partition("%")[0])
        if ip.is_loopback and port in self._plan.operator:
            return self._connect(sock, address)
        peer = self._plan.ports.get(str(port))
        if ip in PUBLIC_V4 and peer is not None:
            self.note("public", f"{host}:{port}")
            return self._connect(sock, ("127.0.0.1", peer))
        if ip in PUBLIC_V6 and peer is not None and not host.endswith("dead"):
            self.note("public", f"[{host}]:{port}")
            return self._connect(sock, ("::1", peer, 0, 0))
        if ip in PUBLIC_V4 or ip in PUBLIC_V6:
            self.note("dead", f"{host}:{port}")
            raise ConnectionRefusedError(111, "Connection refused")
        self.note("breach", f"{host}:{port}")
        raise OSError(101, "Network is unreachable")

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Note what no feed may bring about."""
        if event == "open" and str(arguments[0]) in _BAIT:
            self.note("file", str(arguments[0]))
        elif event in ("subprocess.Popen", "os.system", "os.exec", "ctypes.dlopen/system"):
            self.note("command", str(arguments[0])[:200])


def from_environment() -> Guard | None:
    """The guard that a parent process planned for its children."""
    text = os.environ.get(PLAN)
    return Guard(Plan(**json.loads(text))) if text else None
