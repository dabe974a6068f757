"""Schedules of AWS Copilot as EventBridge takes them.

https://aws.github.io/copilot-cli/docs/manifest/scheduled-job/#on-schedule
"""

import re
from collections.abc import Mapping
from typing import Final

from footing.adopt.copilot_manifest import duration_seconds
from stacks.config.service import JobConfig
from stacks.config.service_problems import service_problems

PRESETS: Final[Mapping[str, str]] = {
    "@yearly": "cron(0 0 1 1 ? *)",
    "@annually": "cron(0 0 1 1 ? *)",
    "@monthly": "cron(0 0 1 * ? *)",
    "@weekly": "cron(0 0 ? * 1 *)",
    "@daily": "cron(0 0 * * ? *)",
    "@midnight": "cron(0 0 * * ? *)",
    "@hourly": "cron(0 * * * ? *)",
}
"""Schedules of EventBridge by Copilot's words for them."""


def schedule_expression(given: str) -> str | None:
    """Return a schedule of Copilot's as EventBridge takes it: five fields of cron, @daily, @every 1h30m.

    None where it has no such form: `none`, or both a day of the month and a day of the week, of which cron takes
    either, and EventBridge neither.
    """
    text = given.strip()
    if text.startswith("@every "):
        minutes, rest = divmod(duration_seconds(text.removeprefix("@every ")) or 0, 60)
        text = f"rate({minutes} minute{'s' if minutes != 1 else ''})" if not rest else text
    elif len(fields := text.upper().split()) == 5 and "(" not in text:
        minute, hour, day, month, weekday = fields
        free = {"*", "?"}
        if day not in free and weekday not in free:
            return None
        day, weekday = ("?", _weekdays(weekday)) if weekday not in free else (day.replace("?", "*"), "?")
        text = f"cron({minute} {hour} {day} {month} {weekday} *)"
    job = JobConfig(kind="job", image="image", image_by="tag", schedule=PRESETS.get(text, text))
    return None if [*service_problems("job", job, given={}, stores=(), replicas=())] else job.schedule


def _weekdays(field: str) -> str:
    """Return days of the week, which cron counts from 0 or 7, Sunday, and EventBridge from 1."""
    days = []
    for item in field.split(","):
        found = re.fullmatch(r"([0-7])(?:-([0-7])(?:/([1-7]))?)?", item)
        if found:
            first, last, step = int(found[1]), int(found[2] or found[1]), int(found[3] or 1)
            days += [str(day % 7 + 1) for day in range(first, last + 1, step)]
        else:
            days.append(item)
    return ",".join(dict.fromkeys(days))
