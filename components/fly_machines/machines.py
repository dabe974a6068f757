"""Machines of one app, and the secrets that they start with."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_fly_machines.apps.v1 as fly
from msgspec import Struct, field


class GuestArgs(Struct, frozen=True, kw_only=True):
    """Size of a Machine."""

    cpu_kind: str
    """`shared` or `performance`."""
    cpus: int
    """CPUs."""
    memory_mib: int
    """Memory, MiB."""


class MachineArgs(Struct, frozen=True, kw_only=True):
    """Machines that are all alike."""

    image: str
    """Container image."""
    owned_by_ci: bool = False
    """`image` is only the first one: CI deploys later ones, which are never rolled back here."""
    regions: Sequence[str]
    """Regions by Fly.io's name, the primary one first."""
    machines: int
    """Machines in each region."""
    guest: GuestArgs
    """Size of each."""
    one_by_one: bool = True
    """Whether each is updated after the one before it, or all together."""
    entry_point: Sequence[str] = ()
    """Overrides the image's ENTRYPOINT; that of the image when empty."""
    command: Sequence[str] = ()
    """Overrides the image's CMD; that of the image when empty."""
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Plain variables."""
    stop_timeout_seconds: int
    """Time between SIGTERM and SIGKILL, in seconds."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of the Machine's configuration, by the SDK's names: services, checks, files."""


def make_secrets(
    name: str, app_name: pulumi.Input[str], values: Mapping[str, pulumi.Input[str]], opts: pulumi.ResourceOptions
) -> fly.Secrets | None:
    """Return the secrets of an app; None without any.

    The SDK marks nothing of them as secret, so that is done here: what is given, and what Fly.io answers.
    """
    if not values:
        return None
    secret = {key: pulumi.Output.secret(value) for key, value in values.items()}
    hidden = pulumi.ResourceOptions(parent=opts.parent, additional_secret_outputs=["values", "secrets"])
    return fly.Secrets(f"{name}-secrets", app_name=app_name, values=secret, opts=hidden)


def make_machines(
    name: str,
    app_name: pulumi.Input[str],
    args: MachineArgs,
    secrets: fly.Secrets | None,
    opts: pulumi.ResourceOptions,
) -> list[fly.Machine]:
    """Return the Machines; each is told which version of the secrets it starts with at the least."""
    config: Any = {
        "image": args.image,
        "env": dict(args.environment),
        "guest": {
            "cpu_kind": args.guest.cpu_kind,
            "cpus": args.guest.cpus,
            "memory_mb": args.guest.memory_mib,
        },
        "init": {
            **({"entrypoint": list(args.entry_point)} if args.entry_point else {}),
            **({"cmd": list(args.command)} if args.command else {}),
        },
        "restart": {"policy": "always"},
        "stop_config": {"signal": "SIGTERM", "timeout": f"{args.stop_timeout_seconds}s"},
        **args.settings,
    }
    made: list[fly.Machine] = []
    for region in args.regions:
        for number in range(1, args.machines + 1):
            options = pulumi.ResourceOptions(
                parent=opts.parent,
                depends_on=made[-1:] if args.one_by_one else [],
                ignore_changes=["config.image"] if args.owned_by_ci else None,
                # Its name is free again only when it is gone.
                delete_before_replace=True,
            )
            machine = fly.Machine(
                f"{name}-{region}-{number}",
                app_name=app_name,
                name=f"{region}-{number}",
                region=region,
                config=config,
                min_secrets_version=secrets.version if secrets else None,
                opts=options,
            )
            made.append(machine)
    return made
