"""A front end at Vercel: its project, environments, domains and variables."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumiverse_vercel as vercel

from components.component import Component
from components.frontend.args import VercelDomainArgs, VercelFrontendArgs
from components.frontend.checks import frontend_checks
from observability import Board, Signals
from providers.vercel.plans import APEX_ADDRESS, CNAME_TARGET, TARGETS

AUTOMATIC_TTL = 1
"""Cloudflare's word for "automatic" in a record's TTL."""
DEPLOYMENT_TYPES: Mapping[str, str] = {
    "standard": "standard_protection_new",
    "all": "all_deployments",
    "none": "none",
}
"""Vercel's names of what is protected, by ours. https://vercel.com/docs/deployment-protection"""


class VercelFrontend(Component):
    """One project. Its deployments are made by pushes or a pipeline, never here."""

    url: pulumi.Output[str]
    """Address for people, `https://` first."""
    hostnames: pulumi.Output[Sequence[str]]
    """Host names that it answers; the first is that of `url`."""
    project_id: pulumi.Output[str]
    """Id of the project."""
    origin_hostname: pulumi.Output[str]
    """Host that a proxy in front of it asks, with the visitor's host name."""

    def __init__(self, name: str, args: VercelFrontendArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args, timeout = args, args.functions.timeout_seconds
        project = vercel.Project(
            f"{name}-project",
            name=args.project_name,
            git_repository={
                "type": args.git.provider,
                "repo": args.git.repository,
                "production_branch": args.git.production_branch,
            }
            if args.git
            else None,
            framework=args.build.framework,
            root_directory=args.build.root_directory,
            install_command=args.build.install_command,
            build_command=args.build.build_command,
            output_directory=args.build.output_directory,
            ignore_command=args.build.ignore_command,
            node_version=args.build.node_version,
            resource_config={
                "fluid": True,
                "function_default_regions": list(args.functions.regions),
                **({"function_default_timeout": timeout} if timeout else {}),
            },
            automatically_expose_system_environment_variables=args.system_variables,
            # Somebody else's pull request is built with the project's variables only once a member has allowed it.
            git_fork_protection=True,
            directory_listing=False,
            customer_success_code_visibility=False,
            protected_sourcemaps=True,
            prioritise_production_builds=True,
            opts=self._child(protect=args.protect),
            **self._protection(),
        )
        self.project_id = project.id
        environments = {
            key: vercel.CustomEnvironment(
                f"{name}-environment-{key}",
                project_id=project.id,
                name=key,
                description=it.description,
                branch_tracking={"pattern": it.branch, "type": it.branch_match} if it.branch else None,
                opts=self._child(),
            )
            for key, it in args.environments.items()
        }
        self._make_variables(project, environments)
        for domain in args.domains:
            self._make_domain(project, environments, domain)
        served = [it.hostname for it in args.domains if it.redirect_to is None]
        own = pulumi.Output.concat(project.name, ".vercel.app")
        self.hostnames = pulumi.Output.from_input(served) if served else own.apply(lambda it: [it])
        self.url = pulumi.Output.concat("https://", served[0] if served else own)
        self.origin_hostname = pulumi.Output.from_input(args.origin_hostname)
        self._finish()

    @property
    def signals(self) -> Signals:
        """Checks; Vercel's own pages have the metrics."""
        return Signals(subject="Front end", board=Board.EDGE, checks=frontend_checks(self._args))

    def _protection(self) -> dict[str, Any]:
        previews = self._args.previews
        kind = DEPLOYMENT_TYPES[previews.protection]
        found: dict[str, Any] = {
            "preview_deployments_disabled": not previews.enabled,
            "vercel_authentication": {"deployment_type": kind},
            "skew_protection": previews.skew_protection,
        }
        if previews.password is not None:
            found["password_protection"] = {"password": previews.password, "deployment_type": kind}
        if previews.trusted_ips:
            addresses = [{"value": it} for it in previews.trusted_ips]
            found["trusted_ips"] = {"addresses": addresses, "deployment_type": kind}
        return found

    def _make_variables(
        self, project: vercel.Project, environments: Mapping[str, vercel.CustomEnvironment]
    ) -> None:
        """Make one resource for each variable and environment: together they meet Vercel's provider's troubles.

        A variable of a custom environment and another together collide with themselves, and differ once made
        (https://github.com/vercel/terraform-provider-vercel/issues/330 and 362); a replacement made first is
        refused, for the name exists (https://github.com/pulumiverse/pulumi-vercel/issues/118).
        """
        for variable in self._args.variables:
            custom = environments.get(variable.target)
            word = variable.key.lower().replace("_", "-")
            vercel.ProjectEnvironmentVariable(
                f"{self._name}-{word}-{variable.target}",
                project_id=project.id,
                key=variable.key,
                value=variable.value,
                sensitive=variable.sensitive,
                targets=[variable.target] if variable.target in TARGETS else None,
                custom_environment_ids=[custom.id] if custom else None,
                opts=self._child(delete_before_replace=True),
            )

    def _make_domain(
        self,
        project: vercel.Project,
        environments: Mapping[str, vercel.CustomEnvironment],
        domain: VercelDomainArgs,
    ) -> None:
        custom = environments[domain.custom_environment].id if domain.custom_environment else None
        made = vercel.ProjectDomain(
            f"{self._name}-{domain.hostname}",
            project_id=project.id,
            domain=domain.hostname,
            redirect=domain.redirect_to,
            redirect_status_code=domain.redirect_status if domain.redirect_to else None,
            git_branch=domain.git_branch,
            custom_environment_id=custom,
            opts=self._child(),
        )
        if domain.record_zone is None or self._args.zone_id is None:
            return
        import pulumi_cloudflare as cloudflare

        apex = domain.hostname == domain.record_zone
        cloudflare.DnsRecord(
            f"{self._name}-{domain.hostname}-record",
            zone_id=self._args.zone_id,
            name=domain.hostname,
            type="A" if apex else "CNAME",
            content=APEX_ADDRESS if apex else CNAME_TARGET,
            # Through Cloudflare's proxy Vercel could neither renew its certificate by itself nor see who asks.
            # https://vercel.com/docs/security/reverse-proxy
            proxied=False,
            ttl=AUTOMATIC_TTL,
            opts=self._child(depends_on=[made]),
        )
