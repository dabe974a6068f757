"""Error tracking at Sentry: one project and one key for one part of the application in one environment.

Each environment has a project of its own: a stack owns all it makes, so destroying staging deletes no issue of
production, and noise in staging uses up none of its rate limit. `SENTRY_ENVIRONMENT` is set all the same.
"""

from collections.abc import Mapping

import pulumi

from components.component import Component
from components.sentry.args import SentryArgs
from components.sentry.provider import FORMER, make_alert, make_project
from components.sentry.signals import by_role, signals
from observability import Signals


class Sentry(Component):
    """One project with one rate-limited key, and its alerts."""

    dsn: pulumi.Output[str]
    """Address that events are sent to.

    Not a secret: browsers get it with every page, and all it allows is to add events up to the key's rate limit.
    """
    project_slug: pulumi.Output[str]
    """Slug of the project, for releases and source maps."""

    def __init__(self, name: str, args: SentryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        former = {kind: [pulumi.Alias(type_=type_)] for kind, type_ in FORMER.items()}
        project = make_project(
            name,
            args,
            project_opts=self._child(protect=args.protect, aliases=former["Project"]),
            opts=self._child(aliases=former["ClientKey"]),
        )
        for role, signal in by_role(args).items():
            make_alert(f"{name}-{role}", signal, project, args, self._child())
        self.dsn = project.dsn
        self.project_slug = project.slug
        self._finish()

    @property
    def env(self) -> Mapping[str, pulumi.Input[str]]:
        """Return the application's environment variables: DSN, environment, release and sample rates."""
        sampling = self._args.sampling
        release = {"SENTRY_RELEASE": self._args.release} if self._args.release else {}
        return {
            "SENTRY_DSN": self.dsn,
            "SENTRY_ENVIRONMENT": self._args.environment,
            **release,
            "SENTRY_SAMPLE_RATE": f"{sampling.errors:g}",
            "SENTRY_TRACES_SAMPLE_RATE": f"{sampling.traces:g}",
            "SENTRY_PROFILES_SAMPLE_RATE": f"{sampling.profiles:g}",
        }

    @property
    def signals(self) -> Signals:
        """What to watch."""
        return signals(self._args)
