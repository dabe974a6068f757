"""What a person reads when an alert fires, as Prometheus renders it."""

import subprocess
from pathlib import Path
from typing import Any

import yaml

from lab.programs import find
from observability.alerting.alerts import alerts, labels
from observability.alerting.rules import queries_prometheus
from observability.files.artefacts import rules
from tests.observability.proved_stacks import STACKS, seen

PLACE = {"service": "feed", "environment": "production", "owner": "platform"}
SERVICE = 'http_requests_total{environment="production",job="service"'
OBJECTIVE = 'slo="service-availability",service="feed",environment="production"'
SUMMARY = "Service availability: error budget burn rate over 14.4 for 1h in production"
BURNING: dict[str, Any] = {
    "interval": "1m",
    # 600 calls a minute, of which 3 % fail after an hour.
    "input_series": [
        {"series": f'{SERVICE},status="200"}}', "values": "0+600x60 36582+582x70"},
        {"series": f'{SERVICE},status="500"}}', "values": "0+0x60 18+18x70"},
    ],
    "alert_rule_test": [
        {
            "eval_time": "2h5m",
            "alertname": "service-availability-burn-1h",
            "exp_alerts": [
                {
                    "exp_labels": {
                        **PLACE,
                        "severity": "page",
                        "subject": "Service",
                        "record": "service-availability",
                        "slo": "service-availability",
                    },
                    "exp_annotations": {
                        "summary": SUMMARY,
                        "description": (
                            "Requests answered with HTTP 5xx, timeouts included. HTTP 429 does not count. "
                            "Error ratio over 1h: 3%; the SLO allows 0.1%. "
                            "The error budget of 30 days is exhausted."
                        ),
                        "runbook_url": "https://example.com/runbook#service-availability",
                        "dashboard_uid": "feed-production-objectives",
                    },
                }
            ],
        }
    ],
}
LEFT: dict[str, Any] = {
    "interval": "1m",
    # As recorded: 0.03 % of the month's calls failed, and 2 % of the last hour's.
    "input_series": [
        {"series": f"slo:{name}{{{OBJECTIVE}}}", "values": f"{value}x5"}
        for name, value in (
            ("sli_error:ratio_rate1h", 0.02),
            ("sli_error:ratio_rate5m", 0.02),
            ("bad:increase1h", 20),
            ("bad:increase5m", 0.3),
            ("events:increase5m", 1000),
        )
    ],
    "alert_rule_test": [
        {
            "eval_time": "4m",
            "alertname": "service-availability-burn-1h",
            "exp_alerts": [
                {
                    "exp_labels": BURNING["alert_rule_test"][0]["exp_alerts"][0]["exp_labels"],
                    "exp_annotations": {
                        **BURNING["alert_rule_test"][0]["exp_alerts"][0]["exp_annotations"],
                        "description": (
                            "Requests answered with HTTP 5xx, timeouts included. HTTP 429 does not count. "
                            "Error ratio over 1h: 2%; the SLO allows 0.1%. "
                            "Error budget remaining of 30 days: 70%, exhausted in 1d 1h 12m 0s at this burn rate."
                        ),
                    },
                }
            ],
        }
    ],
}
DOWN: dict[str, Any] = {
    "interval": "1m",
    "input_series": [{"series": 'up{job="service",environment="production",instance="a"}', "values": "1x3 0x20"}],
    "alert_rule_test": [
        {
            "eval_time": "9m",
            "alertname": "scrape-service-page-below",
            "exp_alerts": [
                {
                    "exp_labels": {
                        **PLACE,
                        "severity": "page",
                        "subject": "Telemetry",
                        "record": "scrape-service",
                    },
                    "exp_annotations": {
                        "summary": "Scrape target up: service: under 1 in production",
                        "description": (
                            "1 while any target of the job service answers the scrape; at 0 its alerts are blind. "
                            "Now: 0."
                        ),
                        "runbook_url": "https://example.com/runbook#scrape-service",
                        "dashboard_uid": "feed-production-telemetry",
                    },
                }
            ],
        }
    ],
}


def test_message_says_what_is_wrong_how_much_is_left_and_where_to_read_on(tmp_path: Path):
    (tmp_path / "rules.yml").write_text(rules(seen("production")))
    tests = {"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": [BURNING, LEFT, DOWN]}
    path = tmp_path / "messages.test.yml"
    path.write_text(yaml.safe_dump(tests))
    command = [find("promtool"), "test", "rules", str(path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_every_message_is_routed_and_leads_to_its_runbook_and_its_panel():
    for stack in STACKS:
        identity = seen(stack).identity
        by_name = {alert.name: alert for alert in alerts(seen(stack).signals) if queries_prometheus(alert)}
        written = [it for group in yaml.safe_load(rules(seen(stack)))["groups"] for it in group["rules"]]
        made = {rule["alert"]: rule for rule in written if "alert" in rule}
        assert list(made) == list(by_name)
        for name, alert in by_name.items():
            expected = labels(alert, app=identity.app, environment=identity.environment, owner=identity.owner)
            assert made[name]["labels"] == expected
            notes = made[name]["annotations"]
            assert notes["runbook_url"] == f"{identity.runbook_url}#{alert.anchor}"
            assert notes["dashboard_uid"].endswith(f"-{alert.board.value}")
            assert notes["summary"].endswith(f" in {identity.environment}")
