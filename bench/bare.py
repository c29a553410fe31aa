"""From a bare machine to a running daemon, by the words of deploy/README.md alone.

Needs root and debootstrap (Debian: debootstrap). Makes a minimal Debian 12 in a folder and runs the first block of
commands of deploy/README.md in it, one after another; its URL is this checkout. With systemd-nspawn (Debian:
systemd-container) the root is booted first, so that systemctl starts the units under all their confinement. Without it
the root is entered by chroot, and what samewire.service would start is started by hand, unconfined, as its user.

Exit 0 when the daemon was ready and at most ten commands were needed, 1 when not, 2 where it cannot be tried.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAX_COMMANDS = 10
READY_S = 120.0
ENVIRONMENT = {
    "LC_ALL": "C.UTF-8", "TERM": "dumb", "HOME": "/root", "DEBIAN_FRONTEND": "noninteractive",
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
}  # fmt: skip
#: Where a machine keeps what its own network needs; a fresh root has none of it.
OF_THE_NETWORK = ("/etc/resolv.conf", "/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt")
#: Authorities that the machine trusts by itself, from which ca-certificates makes that last file when it is installed.
AUTHORITIES = Path("/usr/local/share/ca-certificates")


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
    if AUTHORITIES.is_dir():
        shutil.copytree(AUTHORITIES, folder / AUTHORITIES.relative_to("/"), dirs_exist_ok=True)
    source = folder / "srv" / "samewire.git"
    shutil.rmtree(source, ignore_errors=True)
    subprocess.run(["git", "clone", "--quiet", "--bare", str(ROOT), str(source)], check=True)
    (folder / "etc" / "gitconfig").write_text("[safe]\n\tdirectory = *\n", encoding="utf-8")


class Chroot:
    """The root as chroot enters it: no systemd runs."""

    how = "by hand, unconfined: systemd-nspawn is missing (Debian: systemd-container)"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def run(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run a command line in the root, with /proc and /dev of its own."""
        devices = "mknod -m 666 /dev/null c 1 3; mknod -m 666 /dev/urandom c 1 9"
        shell = f"mount -t proc proc /proc; mount -t tmpfs tmpfs /dev; {devices}; export SYSTEMD_OFFLINE=1; {line}"
        return _ran(["unshare", "--mount", "--pid", "--fork", "chroot", str(self._folder), "/bin/sh", "-c", shell])

    def ready(self) -> bool:
        """Whether what samewire.service starts says READY=1, as its user, with the folder that the unit makes."""
        unit = (self._folder / "etc/systemd/system/samewire.service").read_text(encoding="utf-8")
        start, user = (re.findall(rf"^{key}=(.*)$", unit, re.M)[0] for key in ("ExecStart", "User"))
        state = "/var/lib/" + re.findall(r"^StateDirectory=(.*)$", unit, re.M)[0]
        notify = self._folder / "run/notify"
        notify.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(str(notify))
            notify.chmod(0o666)
            manager.settimeout(READY_S)
            as_user = f"setpriv --reuid {user} --regid {user} --clear-groups"
            line = f"install -d -o {user} -g {user} -m 750 {state}; cd {state}; exec {as_user} {start}"
            command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "chroot", str(self._folder)]
            environment = {**ENVIRONMENT, "NOTIFY_SOCKET": "/run/notify"}
            daemon = subprocess.Popen(
                [*command, "/bin/sh", "-c", f"mount -t proc proc /proc; {line}"], stderr=sys.stderr, env=environment
            )
            try:
                return manager.recv(4096).decode().startswith("READY=1")
            except TimeoutError:
                return False
            finally:
                daemon.terminate()
                daemon.wait()
                notify.unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing runs."""


class Booted:
    """The root with its own systemd as process 1, in namespaces of its own but for the network."""

    how = "by its systemd, confined"

    def __init__(self, folder: Path) -> None:
        self._machine = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "-D", str(folder), "--boot", "--register=no", "--keep-unit",
             "--settings=no", "--resolv-conf=off", "--console=read-only", "--kill-signal=SIGRTMIN+3"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=sys.stderr,
        )  # fmt: skip
        end = time.monotonic() + READY_S
        while self._leader() is None or self.run("systemctl is-active --quiet basic.target").returncode:
            if time.monotonic() > end or self._machine.poll() is not None:
                raise SystemExit("the root does not boot")
            time.sleep(0.5)

    def _leader(self) -> str | None:
        found = _ran(["pgrep", "-P", str(self._machine.pid)]).stdout.split()
        return found[0] if found else None

    def run(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run a command line on the booted machine."""
        enter = ["nsenter", "-t", str(self._leader()), "--mount", "--uts", "--ipc", "--pid"]
        return _ran([*enter, "--", "/bin/sh", "-c", f"cd /root; {line}"])

    def ready(self) -> bool:
        """Whether the daemon is up and well, and the pages are."""
        end = time.monotonic() + READY_S
        check = "runuser -u samewire -- /opt/samewire/bin/samewire --config /etc/samewire/config.toml healthcheck"
        units = "samewire.service samewire-web.service samewire-backup.timer"
        while time.monotonic() < end:
            if not self.run(f"systemctl is-active --quiet {units} && {check}").returncode:
                return True
            time.sleep(1)
        print(self.run("systemctl status --no-pager samewire samewire-web").stdout, file=sys.stderr)
        return False

    def close(self) -> None:
        """Shut the machine down."""
        self._machine.terminate()
        try:
            self._machine.wait(60)
        except subprocess.TimeoutExpired:
            self._machine.kill()


def _ran(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, env=ENVIRONMENT)


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
    machine = Booted(given.root) if shutil.which("systemd-nspawn") else Chroot(given.root)
    try:
        wanted = commands((ROOT / "deploy" / "README.md").read_text(encoding="utf-8"))
        rows = list(tried(machine, wanted))
        ready = all(not row["exit"] for row in rows) and machine.ready()
    finally:
        machine.close()
    if given.as_json:
        print(json.dumps({"commands": rows, "started": machine.how, "ready": ready}, indent=2))
    else:
        for row in rows:
            print(f"{row['exit']:>4} {row['seconds']:>7} s  {row['command']}")
        print(f"{len(wanted)} commands; the daemon {'was ready' if ready else 'was not ready'}, started {machine.how}")
    return 0 if ready and len(wanted) <= MAX_COMMANDS else 1


def tried(machine: Chroot | Booted, wanted: list[str]) -> Iterator[dict[str, object]]:
    """Run the commands, up to the first that fails."""
    for command in wanted:
        words = " ".join("/srv/samewire.git" if word == "URL" else word for word in command.split(" "))
        before_s = time.monotonic()
        ran = machine.run(words)
        print(f"{ran.returncode:>3}  {words}", file=sys.stderr)
        yield {"command": command, "exit": ran.returncode, "seconds": round(time.monotonic() - before_s, 1)}
        if ran.returncode:
            print(ran.stdout[-2000:] + ran.stderr[-2000:], file=sys.stderr)
            return


if __name__ == "__main__":
    raise SystemExit(main())
