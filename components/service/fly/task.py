"""A task at Fly.io that a person or a pipeline runs once: a migration."""

from collections.abc import Mapping
from typing import Any

import pulumi

from components.component import Component
from components.fly_machines.machines import make_secrets
from components.service.fly.args import FlyWorkloadArgs
from components.service.fly.service import secret_values
from observability import Check, Comparison, Group, Signals, Vendor, VendorQuestion, Wanted


class FlyTask(Component):
    """What a task needs to run: the secrets of its app. Nothing runs by itself."""

    run_request: pulumi.Output[dict[str, Any]]
    """Request of the Machines API that runs the task once, in `request`, with its app; it holds no secret.

    https://fly.io/docs/machines/api/machines-resource/#create-a-machine
    """
    run_command: pulumi.Output[str]
    """Command of flyctl that runs the task once, with the app's secrets; it holds none."""

    def __init__(self, name: str, args: FlyWorkloadArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        secrets = make_secrets(name, args.app_name, secret_values(name, args, self._child()), self._child())
        ready = pulumi.Output.from_input(args.app_name) if secrets is None else secrets.id
        version = None if secrets is None else secrets.version
        self.run_request = pulumi.Output.all(dict(args.machine.environment), version, ready).apply(
            lambda known: _run_request(args, known[0], known[1])
        )
        self.run_command = ready.apply(lambda _: _run_command(args))
        self._finish()

    @property
    def signals(self) -> Signals:
        """What to watch: nothing but a line of the checklist."""
        task = self._args.key.rpartition(".")[2].replace("_", "-")
        check = Check(
            id=f"task-{task}-runs",
            group=Group.SERVICE,
            title=f"Task {task} can be run",
            question=VendorQuestion(
                vendor=Vendor.FLY,
                url=f"/apps/{self._args.app}",
                path="name",
                wanted=Wanted(Comparison.IS, self._args.app),
            ),
            fix="footing up makes its app; the command of the output run_commands runs it.",
        )
        return Signals(subject=f"Task {task}", checks=(check,))


def _run_request(args: FlyWorkloadArgs, environment: Mapping[str, str], version: int | None) -> dict[str, Any]:
    machine = args.machine
    init = {
        **({"entrypoint": list(machine.entry_point)} if machine.entry_point else {}),
        **({"cmd": list(machine.command)} if machine.command else {}),
    }
    guest = {
        "cpu_kind": machine.guest.cpu_kind,
        "cpus": machine.guest.cpus,
        "memory_mb": machine.guest.memory_mib,
    }
    config = {
        "image": machine.image,
        "env": dict(environment),
        "guest": guest,
        "init": init,
        "restart": {"policy": "no"},
        "auto_destroy": True,
    }
    least = {} if version is None else {"min_secrets_version": int(version)}
    return {
        "provider": "fly",
        "app": args.app,
        "request": {"region": machine.regions[0], "config": config, **least},
    }


def _run_command(args: FlyWorkloadArgs) -> str:
    machine = args.machine
    size = (
        f"--vm-cpu-kind {machine.guest.cpu_kind} --vm-cpus {machine.guest.cpus} "
        f"--vm-memory {machine.guest.memory_mib}"
    )
    variables = "".join(f" --env {key}={value}" for key, value in machine.environment.items())
    entry = f" --entrypoint '{' '.join(machine.entry_point)}'" if machine.entry_point else ""
    command = "".join(f" '{it}'" for it in machine.command)
    return (
        f"fly machine run --app {args.app} --region {machine.regions[0]} --rm --restart no {size}"
        f"{variables}{entry} {machine.image}{command}"
    )
