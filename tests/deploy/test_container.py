"""The container's files: two stages, no root, a check that exists; its RUN lines work where a root is at hand."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from ingest.cli.commands import COMMANDS

from .conftest import DEPLOY

ROOT = DEPLOY.parent
FILE = (DEPLOY / "container" / "Containerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "container" / "compose.yaml").read_text(encoding="utf-8"))


def instructions(word: str) -> list[str]:
    return re.findall(rf"^{word} (.*)$", FILE, re.M)


def test_what_builds_stays_behind_and_what_runs_is_not_root() -> None:
    assert len(instructions("FROM")) == 2
    assert instructions("FROM")[0].endswith(" AS build")
    assert instructions("USER") == ["10001:10001"]
    assert FILE.index("\nUSER ") > FILE.rindex("\nRUN ")


def test_the_check_and_the_command_are_samewires() -> None:
    check = re.search(r'^HEALTHCHECK .* CMD \["samewire", "(\w+)"\]$', FILE, re.M)
    assert check is not None
    assert check[1] in COMMANDS
    assert instructions("ENTRYPOINT") == ['["samewire"]']
    assert instructions("CMD") == ['["run"]']


@pytest.mark.parametrize("name", ["daemon", "web"])
def test_a_service_writes_to_its_volume_only(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["command"][0] in COMMANDS
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    writable = [volume for volume in service["volumes"] if not volume.endswith(":ro")]
    assert writable == ["data:/data"]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_both_run_the_same_image_and_the_secret_is_a_file() -> None:
    assert {service["image"] for service in COMPOSE["services"].values()} == {"samewire"}
    assert COMPOSE["secrets"]["smtp-password"] == {"file": "./smtp-password"}
    assert (DEPLOY / "container" / COMPOSE["services"]["daemon"]["build"]["context"]).resolve() == ROOT


def test_the_run_lines_work_in_a_debian_root() -> None:
    """No image is built where no engine runs: the lines are run in the root that an image of Debian 12 would be."""
    named = os.environ.get("SAMEWIRE_CONTAINER_ROOT")
    if not named or os.geteuid() != 0:
        pytest.skip(
            "SAMEWIRE_CONTAINER_ROOT names no root to run in, or this is not root "
            "(Debian: debootstrap --variant=minbase --include=python3-venv,ca-certificates bookworm FOLDER)"
        )
    root = Path(named)
    if not (root / "usr/bin/python3").exists():
        pytest.skip(f"{root} has no /usr/bin/python3 (Debian: python3-venv)")
    _copied(root)
    for line in instructions("RUN"):
        ran = _inside(root, line)
        assert ran.returncode == 0, f"{line}\n{ran.stdout}{ran.stderr}"
    environment = " ".join(instructions("ENV"))
    as_user = f"setpriv --reuid 10001 --regid 10001 --clear-groups env {environment}"
    assert _inside(root, f"{as_user} samewire --version").returncode == 0
    assert _inside(root, f"cd /data && {as_user} samewire init /data/config.toml --force").returncode == 0
    ran = _inside(root, f"cd /data && {as_user} SAMEWIRE_CONFIG=/data/config.toml samewire healthcheck")
    assert (ran.returncode, ran.stdout.splitlines()[-1].partition(":")[0]) == (1, "never")


def _copied(root: Path) -> None:
    """COPY . /src, of what git has."""
    source = root / "src"
    subprocess.run(["rm", "-rf", source, root / "opt/samewire"], check=True)
    source.mkdir()
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    packed = subprocess.run(["tar", "-c", "--null", "-T", "-"], cwd=ROOT, input=listed, capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", source], input=packed.stdout, check=True)
    _inside(root, "userdel samewire; groupdel samewire; true")


def _inside(root: Path, line: str) -> subprocess.CompletedProcess[str]:
    shell = f"mount -t proc proc /proc; {line}"
    command = ["unshare", "--mount", "--pid", "--fork", "chroot", str(root), "/bin/sh", "-c", shell]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=1200,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/root"},
    )  # fmt: skip
