"""Checks of a front end at Vercel, by its API: https://vercel.com/docs/rest-api."""

from collections.abc import Iterator

from components.frontend.args import VercelFrontendArgs
from observability import Check, Comparison, Group, Vendor, VendorQuestion, Wanted

CHANGED = "env[?contains(target || `[]`, 'production')].updatedAt"
"""JMESPath of when each variable of production was changed."""


def frontend_checks(args: VercelFrontendArgs) -> tuple[Check, ...]:
    """Return the checks of a front end: its domains, its previews, and that its variables are deployed."""
    return (*_domain_checks(args), *_project_checks(args))


def _of_team(args: VercelFrontendArgs, first: str) -> str:
    """Return the end of an address by which a team's things are asked for."""
    if args.team is None:
        return ""
    return f"{first}{'teamId' if args.team.startswith('team_') else 'slug'}={args.team}"


def _domain_checks(args: VercelFrontendArgs) -> Iterator[Check]:
    """Yield one check for each domain that leads to Vercel directly."""
    for number, domain in enumerate(it for it in args.domains if it.record_zone):
        yield Check(
            id="frontend-domain" if number == 0 else f"frontend-domain-{domain.hostname.replace('.', '-')}",
            group=Group.FRONTEND,
            title=f"{domain.hostname} points to Vercel",
            question=VendorQuestion(
                vendor=Vendor.VERCEL,
                url=f"/v6/domains/{domain.hostname}/config{_of_team(args, '?')}",
                path="misconfigured",
                wanted=Wanted(Comparison.IS, value=False),
            ),
            fix="Look at the records of frontends.web.domains in the zone; a certificate follows minutes later.",
        )


def _project_checks(args: VercelFrontendArgs) -> Iterator[Check]:
    project = f"/v9/projects/{args.project_name}{_of_team(args, '?')}"
    if args.previews.protection != "none":
        yield Check(
            id="frontend-preview",
            group=Group.FRONTEND,
            title="A stranger does not see previews of the front end",
            question=VendorQuestion(
                vendor=Vendor.VERCEL,
                url=project,
                path="ssoProtection.deploymentType",
                wanted=Wanted(Comparison.PRESENT),
            ),
            fix="Leave frontends.web.previews.protection at standard, and apply again.",
        )
    yield Check(
        id="frontend-variables",
        group=Group.FRONTEND,
        title="The front end's production was deployed after its variables were changed",
        question=VendorQuestion(
            vendor=Vendor.VERCEL,
            url=project,
            path=f"targets.production.createdAt >= max([`0`, {CHANGED}][])",
            wanted=Wanted(Comparison.IS, value=True),
        ),
        fix="Deploy production again: a deployment keeps the variables that it was built with.",
    )
    yield Check(
        id="frontend-deployed",
        group=Group.FRONTEND,
        title="The front end's newest deployment of production is ready",
        question=VendorQuestion(
            vendor=Vendor.VERCEL,
            url=project,
            path="targets.production.readyState",
            wanted=Wanted(Comparison.IS, "READY"),
        ),
        fix="Read the build's log in Vercel's pages: the last good deployment serves meanwhile.",
    )
