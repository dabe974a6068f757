"""Profiles: which checks have to hold before a step towards a launch, as data."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final

from msgspec import Struct

from observability import ON_REQUEST, Check, Group

EVERY_GROUP: Final = tuple(it for it in Group if it not in ON_REQUEST)


class Profile(Struct, frozen=True, kw_only=True):
    """A step, and what gates it."""

    name: str
    """As `footing ready --profile` takes it: t-7d."""
    hours: float
    """Hours before the launch; negative after it."""
    title: str
    """What is decided then."""
    groups: tuple[Group, ...]
    """Groups all of whose checks have to hold."""
    ids: tuple[str, ...] = ()
    """Checks of other groups that have to hold too; `*` stands for any text: service-*-running."""

    def gates(self, check: Check) -> bool:
        """Return whether a check has to hold before the step."""
        return check.group in self.groups or any(fnmatchcase(check.id, it) for it in self.ids)


RUNNING: Final = ("*-running", "*-health", "*-healthy", "*-available", "*-answers", "alarms-quiet")
"""Checks that look at what runs now, rather than at how it is set."""

PROFILES: Final[Mapping[str, Profile]] = {
    it.name: it
    for it in (
        Profile(
            name="t-7d",
            hours=168,
            title="Infrastructure is scaled, cache rules and circuit breakers are in place",
            groups=(
                *(Group.DATABASE, Group.POOLER, Group.REDIS, Group.SERVICE),
                *(Group.EDGE, Group.FRONTEND, Group.STORAGE, Group.SIGN_IN),
            ),
        ),
        Profile(
            name="t-3d",
            hours=72,
            title="Load tests may begin: everything they measure is in place and observed",
            groups=(
                *(Group.DATABASE, Group.POOLER, Group.REDIS, Group.SERVICE),
                *(Group.EDGE, Group.FRONTEND, Group.OBSERVABILITY),
            ),
        ),
        Profile(
            name="t-2d",
            hours=48,
            title="Alerts arrive, dashboards and logs are filled, errors are reported",
            groups=(Group.OBSERVABILITY,),
        ),
        Profile(
            name="t-1d",
            hours=24,
            title="Everything holds, and people know who is on call and how to roll back",
            groups=EVERY_GROUP,
        ),
        Profile(
            name="t-12h",
            hours=12,
            title="Last full check; from here on nothing changes but the number of tasks",
            groups=EVERY_GROUP,
        ),
        Profile(
            name="t-1h",
            hours=1,
            title="Go or no go",
            groups=EVERY_GROUP,
        ),
        Profile(
            name="t-0",
            hours=0,
            title="Open to the public: what serves runs, and no alarm is raised",
            groups=(Group.SERVICE, Group.EDGE, Group.FRONTEND),
            ids=RUNNING,
        ),
        Profile(
            name="t+1h",
            hours=-1,
            title="First hour: what serves still runs, and no alarm is raised",
            groups=(Group.SERVICE, Group.POOLER, Group.REDIS),
            ids=RUNNING,
        ),
        Profile(
            name="t+6h",
            hours=-6,
            title="First six hours: back to routine, with backups and telemetry as before",
            groups=(Group.DATABASE, Group.POOLER, Group.REDIS, Group.SERVICE, Group.OBSERVABILITY),
            ids=RUNNING,
        ),
    )
}
"""Every step by its name, in the order in which they come."""


def selected(checks: Sequence[Check], groups: Sequence[Group], profile: Profile | None) -> list[Check]:
    """Return the checks of the groups that gate the profile; where none is given, of all but `ON_REQUEST`."""
    named = {*groups} if groups else {*Group} - ON_REQUEST
    return [
        it
        for it in checks
        if it.group in named and (profile is None or it.group in ON_REQUEST or profile.gates(it))
    ]
