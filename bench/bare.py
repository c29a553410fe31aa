"""From a bare machine to a running daemon, by the words of deploy/README.md alone.

Needs root and debootstrap (Debian: debootstrap). Makes a minimal Debian in a folder, runs the first block of commands
of deploy/README.md in it one after another (its URL is this checkout), and then starts what samewire.service would
start, as its user, until it says READY=1. What systemd's confinement does is not tried here: no systemd runs in such a
root.

Exit 0 when the daemon was ready and at most ten commands were needed, 1 when not, 2 where it cannot be tried.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAX_COMMANDS = 10
READY_S = 120.0
#: Where a machine keeps what its own network needs; a fresh root has none of it.
OF_THE_NETWORK = ("/etc/resolv.conf", "/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt")


def commands(page: str) -> list[str]:
    """The commands of the first block of a page."""
    block = re.search(r"^```sh\n(.*?)^```", page, re.M | re.S)
    assert block is not None
    lines = [line.strip() for line in block[1].splitlines()]
    return [part.strip() for line in lines if line for part in re.split(r"&&|;|\|\|?", line)]


def make_root(folder: Path, mirror: str) -> None:
    """A minimal Debian 12 with systemd, as an installer leaves it."""
    subprocess.run(
        ["debootstrap", "--variant=minbase", "--include=systemd", "bookworm", str(folder), mirror],
        check=True, stdout=sys.stderr,
    )  # fmt: skip


def prepare(folder: Path) -> None:
    """What the machine brings: its network, and this checkout where the README says URL."""
    for name in OF_THE_NETWORK:
        if Path(name).exists():
            target = folder / name.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(name, target)
    source = folder / "srv" / "samewire.git"
    shutil.rmtree(source, ignore_errors=True)
    subprocess.run(["git", "clone", "--quiet", "--bare", str(ROOT), str(source)], check=True)
    (folder / "etc" / "gitconfig").write_text("[safe]\n\tdirectory = *\n", encoding="utf-8")


def inside(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command line in the root, with /proc and /dev of its own."""
    devices = "mknod -m 666 /dev/null c 1 3; mknod -m 666 /dev/urandom c 1 9"
    mounts = f"mount -t proc proc /proc; mount -t tmpfs tmpfs /dev; {devices}"
    shell = f"{mounts}; export DEBIAN_FRONTEND=noninteractive HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin; {command}"
    return subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "chroot", str(folder), "/bin/sh", "-c", shell],
        capture_output=True, text=True, check=False,
        env={"LC_ALL": "C.UTF-8", "TERM": "dumb", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
    )  # fmt: skip


def started(folder: Path) -> bool:
    """Whether what samewire.service starts says READY=1, as its user, with the folders that the unit makes."""
    unit = (folder / "etc/systemd/system/samewire.service").read_text(encoding="utf-8")
    start, user = re.findall(r"^(?:ExecStart|User)=(.*)$", unit, re.M)
    state = "/var/lib/" + re.findall(r"^StateDirectory=(.*)$", unit, re.M)[0]
    notify = folder / "run/notify"
    notify.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(notify))
        notify.chmod(0o666)
        manager.settimeout(READY_S)
        as_user = f"install -d -o {user} -g {user} -m 750 {state}; cd {state}; NOTIFY_SOCKET=/run/notify"
        line = f"{as_user} timeout {READY_S:g} setpriv --reuid {user} --regid {user} --clear-groups {start}"
        shell = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "chroot", str(folder), "/bin/sh", "-c"]
        daemon = subprocess.Popen([*shell, f"mount -t proc proc /proc; {line}"], stderr=subprocess.PIPE, text=True)
        try:
            return manager.recv(4096).decode().startswith("READY=1")
        except TimeoutError:
            return False
        finally:
            daemon.terminate()
            print(daemon.communicate()[1], file=sys.stderr)
            notify.unlink(missing_ok=True)


def main() -> int:
    """Try it and print what came of it. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, required=True, help="the folder of the root; made when it is not there")
    parser.add_argument("--mirror", default="http://deb.debian.org/debian", help="the Debian mirror")
    parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")
    given = parser.parse_args()
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        print("bench.bare needs root and debootstrap (apt-get install debootstrap)", file=sys.stderr)
        return 2
    if not (given.root / "bin").exists():
        make_root(given.root, given.mirror)
    prepare(given.root)
    rows, wanted = [], commands((ROOT / "deploy" / "README.md").read_text(encoding="utf-8"))
    for command in wanted:
        words = [("/srv/samewire.git" if word == "URL" else word) for word in command.split(" ")]
        before_s = time.monotonic()
        ran = inside(given.root, " ".join(words))
        rows.append({"command": command, "exit": ran.returncode, "seconds": round(time.monotonic() - before_s, 1)})
        print(f"{ran.returncode:>3}  {shlex.join(words)}", file=sys.stderr)
        if ran.returncode:
            print(ran.stdout[-2000:] + ran.stderr[-2000:], file=sys.stderr)
            break
    ready = all(not row["exit"] for row in rows) and started(given.root)
    if given.as_json:
        print(json.dumps({"commands": rows, "ready": ready}, indent=2))
    else:
        for row in rows:
            print(f"{row['exit']:>4} {row['seconds']:>7} s  {row['command']}")
        print(f"{len(wanted)} commands; the daemon {'was ready' if ready else 'was not ready'}")
    return 0 if ready and len(wanted) <= MAX_COMMANDS else 1


if __name__ == "__main__":
    raise SystemExit(main())
