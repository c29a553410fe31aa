"""The units: confined as promised, watched as the daemon works, and with commands that exist."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from ingest.cli.commands import COMMANDS
from ingest.daemon.service import BEAT_S, GRACE_S, MAIL_GRACE_S
from ingest.daemon.vitals import STUCK_S

from .conftest import DEPLOY, said, tool

UNITS = DEPLOY / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
MAX_EXPOSURE = 1.5


def settings(unit: Path) -> dict[str, list[str]]:
    """A unit's keys, each with all its values."""
    found: dict[str, list[str]] = {}
    for key, value in re.findall(r"^(\w+)=(.*)$", unit.read_text(encoding="utf-8"), re.M):
        found.setdefault(key, []).append(value)
    return found


def seconds(text: str) -> float:
    number, unit = re.fullmatch(r"(\d+)(s|min|h)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"s": 1, "min": 60, "h": 3600}[unit]


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_a_unit_leaves_little_open(unit: Path) -> None:
    analyze = tool("systemd-analyze", "systemd")
    ran = analyze("security", "--offline=true", unit)
    level = re.search(r"Overall exposure level for \S+: ([\d.]+)", said(ran))
    assert level is not None, said(ran)
    assert float(level[1]) <= MAX_EXPOSURE


def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    analyze = tool("systemd-analyze", "systemd")
    for unit in UNITS.iterdir():
        text = unit.read_text(encoding="utf-8").replace("/opt/samewire/bin/samewire", shutil.which("true") or "true")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    ran = analyze("verify", "--man=no", *sorted(tmp_path.glob("*.service")), *tmp_path.glob("*.timer"))
    assert (ran.returncode, said(ran)) == (0, "")


def test_a_fault_in_a_unit_would_be_found(tmp_path: Path) -> None:
    analyze = tool("systemd-analyze", "systemd")
    (tmp_path / "x.service").write_text("[Service]\nExecStart=/bin/true\nProtectSystm=strict\n", encoding="utf-8")
    assert "ProtectSystm" in said(analyze("verify", "--man=no", tmp_path / "x.service"))


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_a_unit_starts_a_command_that_exists_as_the_one_user(unit: Path) -> None:
    (start,) = settings(unit)["ExecStart"]
    command = re.search(r"/opt/samewire/bin/samewire --config /etc/samewire/config.toml (\w+)", start)
    assert command is not None
    assert command[1] in COMMANDS
    users = re.findall(r"^u (\S+)", (UNITS / "samewire.sysusers.conf").read_text(encoding="utf-8"), re.M)
    assert settings(unit)["User"] == settings(unit)["Group"] == users == ["samewire"]


def test_the_daemon_is_watched_reloaded_and_given_its_secret() -> None:
    unit = settings(UNITS / "samewire.service")
    assert unit["Type"] == ["notify"]
    assert unit["ExecReload"] == ["/bin/sh -c 'kill -HUP $MAINPID'"], "/bin/kill is not on every machine"
    assert unit["LoadCredential"] == ["smtp-password:samewire.smtp-password"]
    assert unit["Restart"] == ["on-failure"]
    assert unit["RestartPreventExitStatus"] == ["2"], "a faulty configuration is not started again and again"
    assert seconds(unit["WatchdogSec"][0]) > STUCK_S + 2 * BEAT_S, "a slow minute is no reason to be killed"
    assert seconds(unit["TimeoutStopSec"][0]) > GRACE_S + MAIL_GRACE_S, "a mail in its dialogue is brought to its end"


def test_the_backup_is_started_by_its_timer_and_makes_room_afterwards() -> None:
    timer, unit = settings(UNITS / "samewire-backup.timer"), settings(UNITS / "samewire-backup.service")
    assert timer["OnCalendar"]
    assert timer["Persistent"] == ["true"]
    assert "-delete" in unit["ExecStartPost"][0]
    assert unit["PrivateNetwork"] == ["true"]
