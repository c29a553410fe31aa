"""Alert rules and the dashboard ask for metrics that exist, and Prometheus takes them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml

from ingest.daemon.metrics import METRICS, Kind

from .conftest import DEPLOY, said, tool

FOLDER = DEPLOY / "prometheus"
RULES = yaml.safe_load((FOLDER / "rules.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))


def exposed() -> set[str]:
    """The names of all series that the page has."""
    names = set()
    for metric in METRICS:
        parts = ("_bucket", "_sum", "_count") if metric.kind is Kind.HISTOGRAM else ("",)
        names |= {metric.full_name + part for part in parts}
    return names


def expressions() -> list[str]:
    panels = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
    return [*(rule["expr"] for rule in RULES), *panels]


def test_every_expression_asks_for_metrics_that_exist() -> None:
    known = exposed() | {rule["record"] for rule in RULES if "record" in rule}
    for expression in expressions():
        for name in re.findall(r"samewire[_:][a-z0-9_:]+", re.sub(r'"[^"]*"', "", expression)):
            assert name in known, f"{name} in {expression}"


def test_every_label_that_is_asked_for_is_one_of_its_metric() -> None:
    labels = {metric.full_name: set(metric.labels) for metric in METRICS}
    for expression in expressions():
        for name, inside in re.findall(r"(samewire_[a-z0-9_]+)\{([^}]*)\}", expression):
            asked = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", inside))
            assert asked <= labels[name], f"{name}{{{inside}}}"


def test_every_alert_says_what_is_wrong_and_what_to_do() -> None:
    alerts = [rule for rule in RULES if "alert" in rule]
    assert len(alerts) >= 10
    for alert in alerts:
        assert alert["labels"]["severity"] in ("page", "ticket", "info"), alert["alert"]
        assert {"summary", "action"} <= alert["annotations"].keys(), alert["alert"]


def test_prometheus_takes_rules_and_scrape_configuration() -> None:
    promtool = tool("promtool", "prometheus")
    for ran in (promtool("check", "rules", FOLDER / "rules.yml"), promtool("check", "config", FOLDER / "scrape.yml")):
        assert (ran.returncode, "FAILED" in said(ran)) == (0, False), said(ran)


def test_alerts_fire_when_they_should_and_only_then(tmp_path: Path) -> None:
    promtool = tool("promtool", "prometheus")
    well = {
        'up{job="samewire"}': "1x60",
        "samewire_tick_age_seconds": "1x60",
        "samewire_beat_age_seconds": "3x60",
        "samewire_digest_age_seconds": "3600x60",
        "samewire_wal_bytes": "1000000x60",
    }
    ill = {
        'up{job="samewire"}': "1x60",
        "samewire_tick_age_seconds": "0+60x60",
        "samewire_beat_age_seconds": "3x60",
        "samewire_digest_age_seconds": "100000x60",
        "samewire_wal_bytes": "600000000x60",
    }
    names = ("SamewireDown", "SamewireStuck", "SamewireNoDigest", "SamewireWalGrows")
    tests = []
    for series, fired in ((well, ()), (ill, ("SamewireStuck", "SamewireNoDigest", "SamewireWalGrows"))):
        tests.append(
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "alert_rule_test": [
                    {"eval_time": "50m", "alertname": name, "exp_alerts": _expected(name) if name in fired else []}
                    for name in names
                ],
            }
        )
    path = tmp_path / "tests.yml"
    path.write_text(yaml.safe_dump({"rule_files": [str(FOLDER / "rules.yml")], "tests": tests}), encoding="utf-8")
    ran = promtool("test", "rules", path)
    assert ran.returncode == 0, said(ran)


def _expected(name: str) -> list[dict[str, object]]:
    (rule,) = [rule for rule in RULES if rule.get("alert") == name]
    return [{"exp_labels": rule["labels"], "exp_annotations": rule["annotations"]}]
