"""Rules that are live in Grafana and not ours, and rules of ours that are not live."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from footing.observe.remote import ask, reading
from footing.plan.model import Plan

RULE_GROUP = "grafana:alerting/ruleGroup:RuleGroup"
CONTACT_POINT = "grafana:alerting/contactPoint:ContactPoint"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One alert rule of Grafana."""

    uid: str
    """Unique in Grafana."""
    title: str
    """Title of the rule."""
    folder: str
    """Uid of its folder."""
    group: str
    """Name of its group."""
    labels: Mapping[str, str]
    """Labels that its alerts are routed by."""

    @property
    def location(self) -> str:
        """Folder, group, title and uid."""
        return f"{self.folder} / {self.group} / {self.title} ({self.uid})"


@dataclass(frozen=True, kw_only=True)
class Drift:
    """How what is live differs from the stack."""

    strange: tuple[Rule, ...]
    """Live where ours are, or under our labels, and made by nobody of us: left over, or by hand."""
    missing: tuple[Rule, ...]
    """Ours, and not live."""
    elsewhere: int
    """Rules of others, in folders of their own."""

    @property
    def any(self) -> bool:
        """Whether somebody has to look."""
        return bool(self.strange or self.missing)


def planned(plan: Plan) -> list[Rule]:
    """Return every rule that the stack makes."""
    return [
        Rule(
            uid=rule["uid"],
            title=rule["name"],
            folder=group["folderUid"],
            group=group["name"],
            labels=rule["labels"],
        )
        for group in (it.inputs for it in plan.resources if it.type == RULE_GROUP)
        for rule in group["rules"]
    ]


def contact_points(plan: Plan) -> list[str]:
    """Return the names of the contact points that the stack makes."""
    return [it.inputs["name"] for it in plan.resources if it.type == CONTACT_POINT]


def live(url: str, shown: str) -> list[Rule]:
    """Return every rule of Grafana at `url` that the token may see.

    Raises:
        RemoteError: Grafana does not answer, or answers something else.

    """
    answer = ask(f"{url}/api/v1/provisioning/alert-rules", shown=shown)
    with reading("a list of alert rules"):
        return [
            Rule(
                uid=it["uid"],
                title=it["title"],
                folder=it["folderUID"],
                group=it["ruleGroup"],
                labels=it.get("labels") or {},
            )
            for it in answer
        ]


def compared(ours: Iterable[Rule], found: Iterable[Rule], *, app: str, environment: str) -> Drift:
    """Return what is live and not ours, and the other way round; by uid, for titles may be changed."""
    wanted, there = {it.uid: it for it in ours}, {it.uid: it for it in found}
    folders = {it.folder for it in wanted.values()}
    strangers = [it for uid, it in there.items() if uid not in wanted]
    marks = {"service": app, "environment": environment}.items()
    strange = [it for it in strangers if it.folder in folders or marks <= dict(it.labels).items()]
    return Drift(
        strange=tuple(strange),
        missing=tuple(it for uid, it in wanted.items() if uid not in there),
        elsewhere=len(strangers) - len(strange),
    )
