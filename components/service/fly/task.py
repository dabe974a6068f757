"""A task at Fly.io that a person or a pipeline runs once: a migration."""

import pulumi

from components.component import Component
from components.fly_machines.machines import make_secrets
from components.service.fly.args import FlyWorkloadArgs
from components.service.fly.service import secret_values
from observability import ByHand, Check, Group, Signals


class FlyTask(Component):
    """What a task needs to run: the secrets of its app. Nothing runs by itself."""

    run_command: pulumi.Output[str]
    """Command of flyctl that runs the task once, with the app's secrets; it holds none."""

    def __init__(self, name: str, args: FlyWorkloadArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        secrets = make_secrets(name, args.app_name, secret_values(name, args, self._child()), self._child())
        ready = pulumi.Output.from_input(args.app_name) if secrets is None else secrets.id
        self.run_command = ready.apply(lambda _: _run_command(args))
        self._finish()

    @property
    def signals(self) -> Signals:
        """What to watch: nothing but a line of the checklist."""
        task = self._args.key.rpartition(".")[2].replace("_", "-")
        check = Check(
            id=f"task-{task}-runs",
            group=Group.SERVICE,
            title=f"Task {task} ends with exit code 0",
            question=ByHand("the command of the output run_command"),
            fix=f"Read `fly logs --app {self._args.app}`.",
        )
        return Signals(subject=f"Task {task}", checks=(check,))


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
