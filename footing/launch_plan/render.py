"""The plan of a launch as Markdown for a page, and as a calendar."""

import datetime as dt
from collections.abc import Sequence

from footing.launch_plan.named import Named
from footing.launch_plan.steps import Step

LONGEST_LINE = 75
"""Bytes of a line of a calendar. https://www.rfc-editor.org/rfc/rfc5545#section-3.1"""


def when(step: Step, launch: dt.datetime | None) -> str:
    """Return the name of a step's moment, and its date where the launch has one."""
    name = step.profile.name.upper().replace("D", "d").replace("H", "h")
    if launch is None:
        return name
    return f"{name}, {launch - dt.timedelta(hours=step.profile.hours):%A %Y-%m-%d %H:%M %Z}"


def markdown(title: str, steps: Sequence[Step], launch: dt.datetime | None) -> str:
    """Return the plan as a page."""
    lines = [f"# {title}", ""]
    said = f"{launch:%Y-%m-%d %H:%M %Z}" if launch else "on no day yet (--at)"
    lines += [f"Made by `footing launch-plan`; the launch is {said}. A step ends when all of it holds."]
    for step in steps:
        lines += ["", f"## {when(step, launch)}", "", f"{step.profile.title}.", ""]
        lines += [*(f"- {it}" for it in step.facts), *([""] if step.facts else [])]
        lines += ["```sh", *step.commands, "```", "", "Go on when:", ""]
        lines += [f"- [ ] {it}" for it in step.holds]
    return "\n".join(lines) + "\n"


def calendar(title: str, steps: Sequence[Step], launch: dt.datetime, named: Named) -> str:
    """Return the plan as a calendar of iCalendar, an event of half an hour for each step."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//footing//launch-plan//EN"]
    for step in steps:
        begins = launch - dt.timedelta(hours=step.profile.hours)
        said = "\\n".join(_escaped(it) for it in (*step.facts, *step.commands, *step.holds))
        lines += [
            "BEGIN:VEVENT",
            f"UID:{step.profile.name}-{named.engine}@footing",
            f"DTSTAMP:{_utc(launch)}",
            f"DTSTART:{_utc(begins)}",
            "DURATION:PT30M",
            f"SUMMARY:{_escaped(f'{title}: {when(step, None)}')}",
            f"DESCRIPTION:{said}",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text


def _folded(line: str) -> list[str]:
    """Return a line in parts as short as a calendar wants them; each after the first begins with a space."""
    parts, rest = [], line
    while len(rest.encode()) > LONGEST_LINE:
        cut = LONGEST_LINE
        while len(rest[:cut].encode()) > LONGEST_LINE:
            cut -= 1
        parts.append(rest[:cut])
        rest = f" {rest[cut:]}"
    return [*parts, rest]
