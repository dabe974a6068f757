"""The operations of a stack: up, preview and destroy, by the real engine.

Each prints for people and returns an exit code: 0 done, 1 the deployment failed or a policy was violated,
2 wrong usage or configuration, with one clear message and nothing touched.
"""

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from footing.project import BLOCKS
from footing.pulumi_cli.display import data_first, without_removal_hint
from footing.pulumi_cli.plan_file import plan_applied, plan_problem
from footing.pulumi_cli.session import Edit, Session, UsageError, engine_executable
from footing.pulumi_cli.tryout import cloud_directory, try_out

DONE, FAILED, USAGE = 0, 1, 2
LISTED_PROTECTED = 5
SHOWN_CHARACTERS = 100
"""Of an output that is a document."""
PACK = "policies/PulumiPolicy.yaml"


def up(
    stack: str,
    *,
    root: Path,
    state_dir: Path,
    simulate: bool = True,
    missing_secrets: Collection[str] = (),
    config_file: Path | None = None,
    plan_file: Path | None = None,
) -> int:
    """Apply a stack, then shows its outputs and its resources by component.

    On the simulated cloud it applies the stack a second time and fails if that changes anything.
    A real cloud is asked for confirmation by the engine itself, and judged by the policy pack where there is one.
    With `plan_file`, what is left of that plan is applied once, without a question, and nothing else.
    """
    if plan_file is not None and (problem := plan_problem(plan_file, stack)):
        _error(problem)
        return USAGE

    def work(session: Session) -> int:
        pack = ("--policy-pack", "policies") if (root / PACK).is_file() else ()
        if plan_file is not None:
            return plan_applied(session, plan_file, *pack)
        if not simulate:
            return _applied(session, "up", *pack)
        _line(f"Applying {stack} to the simulated cloud; the program takes some seconds to begin.")
        apply_twice = ("up", "--yes", "--skip-preview", "--suppress-outputs")
        if _applied(session, *apply_twice) != DONE:
            return FAILED
        _heading("Second run: nothing may change")
        # What the program warns of was shown by the first run.
        again = replace(session, environment={**session.environment, "FOOTING_WARNED": "1"})
        if _applied(again, *apply_twice, "--expect-no-changes") != DONE:
            _error("The second run changed the stack: an input differs from run to run.")
            return FAILED
        _report(session, stack, state_dir=state_dir, file=config_file or Path(f"Pulumi.{stack}.yaml"))
        return DONE

    return _in_session(
        work,
        stack,
        root=root,
        state_dir=state_dir,
        simulate=simulate,
        missing_secrets=missing_secrets,
        config_file=config_file,
    )


def _report(session: Session, stack: str, *, state_dir: Path, file: Path) -> None:
    """Show the outputs of a try-out, its resources by component, and who judged them."""
    from simulator import recorded_count, summary

    outputs, state, cloud = session.outputs(), session.state(), cloud_directory(state_dir.absolute())
    simulation = summary(cloud)
    judges = state_dir / "judges.txt"
    judges.write_text(f"{simulation}\n", encoding="utf-8")
    _heading("Outputs")
    for name, value in sorted(outputs.items()):
        if value not in ("", [], {}, None):
            shown = value if isinstance(value, str) else json.dumps(value)
            is_long = shown[:1] in "{[" and len(shown) > SHOWN_CHARACTERS
            _line(f"  {name}: {shown[:SHOWN_CHARACTERS]}{'…' if is_long else shown[SHOWN_CHARACTERS:]}")
    counts = state.count_by_component()
    _heading(f"{sum(counts.values())} resources by component")
    for component, count in sorted(counts.items()):
        _line(f"  {count:5d}  {component}")
    _line("")
    _line(simulation.partition("\n")[0])
    _line(f"{recorded_count(cloud)} of them were checked against the SDKs alone: {judges} says why.")
    _line(
        f"Next: change {file}, `footing preview {stack} --simulated --diff` shows it; "
        f'`footing check {stack}` judges it; README, "Deploy it for real", is the way to the clouds.'
    )


def preview(
    stack: str,
    *,
    root: Path,
    state_dir: Path,
    simulate: bool = True,
    missing_secrets: Collection[str] = (),
    diff: bool = False,
    config_file: Path | None = None,
    save_plan: Path | None = None,
) -> int:
    """Show what `up` would change, judged by the policy pack in `policies/`; without a pack it shows nothing.

    With `diff`, the old and the new value of each property. `save_plan` is where `up` finds what it may do.
    """
    if not (root / PACK).is_file():
        _error(f"No policy pack: {root}/{PACK} is missing, so nothing would be judged.")
        return USAGE
    colour = Console().is_terminal and not Console().no_color
    options = ("--diff", "--color", "always" if colour else "never") if diff else ()
    if save_plan is not None:
        # A plan of an earlier preview would be applied where this one fails.
        save_plan.unlink(missing_ok=True)
        save_plan.parent.mkdir(parents=True, exist_ok=True)
        options = (*options, "--save-plan", str(save_plan.absolute()))

    def work(session: Session) -> int:
        edit = data_first if diff else None
        done = _applied(session, "preview", "--policy-pack", "policies", *options, edit=edit)
        if save_plan is not None and save_plan.is_file():
            save_plan.chmod(0o600)
        return done

    return _in_session(
        work,
        stack,
        root=root,
        state_dir=state_dir,
        simulate=simulate,
        missing_secrets=missing_secrets,
        config_file=config_file,
    )


def drift(stack: str, *, root: Path, state_dir: Path, simulate: bool, **given: Any) -> int:
    """Ask the providers whether each resource is as the state has it; changes nothing, and fails where one is not.

    https://www.pulumi.com/docs/iac/cli/commands/pulumi_refresh/
    """
    asked = ("refresh", "--preview-only", "--expect-no-changes", "--diff")
    work: Callable[[Session], int] = lambda session: _applied(session, *asked)  # noqa: E731
    return _in_session(work, stack, root=root, state_dir=state_dir, simulate=simulate, **given)


def previewed(
    stack: str,
    *,
    root: Path,
    state_dir: Path,
    simulate: bool,
    missing_secrets: Collection[str] = (),
    config_file: Path,
) -> dict[str, Any]:
    """Return what a preview answers as JSON, of the stack as `config_file` describes it; no policy judges it.

    https://www.pulumi.com/docs/iac/cli/commands/pulumi_preview/

    Raises:
        UsageError: the preview could not be run.
    """
    with session_for(
        stack, root=root, state_dir=state_dir, simulate=simulate, missing_secrets=missing_secrets,
        config_file=config_file,
    ) as session:  # fmt: skip
        done = session.ask("preview", "--json", *session.options)
    # What the program prints may come before it.
    begin = done.stdout.find("{\n")
    if begin < 0:
        raise UsageError(done.stderr.strip().removeprefix("error: "))
    answer: dict[str, Any] = json.JSONDecoder().raw_decode(done.stdout[begin:])[0]
    return answer


def destroy(
    stack: str, *, root: Path, state_dir: Path, simulate: bool = True, config_file: Path | None = None
) -> int:
    """Delete every resource of a stack, or none while one of them is protected."""

    def work(session: Session) -> int:
        state = session.state()
        if protected := state.protected():
            _error(f"Nothing was destroyed: {len(protected)} resources of {stack!r} are protected.")
            for resource in protected[:LISTED_PROTECTED]:
                _error(f"  {resource.short_type} {resource.name}")
            if len(protected) > LISTED_PROTECTED:
                _error(f"  and {len(protected) - LISTED_PROTECTED} more")
            tops = [state.top_component(it) for it in protected]
            keys = sorted({BLOCKS[top.short_type] for top in tops if top and top.short_type in BLOCKS})
            _error(
                "To lift the protection, write `protect: false` in their blocks of "
                f"{config_file or f'Pulumi.{stack}.yaml'}"
                f"{': ' if keys else ''}{', '.join(keys)}, apply that, then destroy."
            )
            if simulate:
                _error(f"To forget this try-out with its simulated cloud, remove {state_dir}.")
            return FAILED
        without_asking = ("--yes", "--skip-preview") if simulate else ()
        done = _applied(session, "destroy", *without_asking, edit=without_removal_hint if simulate else None)
        if simulate and done == DONE:
            _line(f"The try-out is empty. Remove {state_dir} to forget it; `pulumi` knows nothing of it.")
        return done

    return _in_session(work, stack, root=root, state_dir=state_dir, simulate=simulate, config_file=config_file)


def _in_session(
    work: Callable[[Session], int],
    stack: str,
    *,
    root: Path,
    state_dir: Path,
    simulate: bool,
    missing_secrets: Collection[str] = (),
    config_file: Path | None = None,
) -> int:
    try:
        with session_for(
            stack,
            root=root,
            state_dir=state_dir,
            simulate=simulate,
            missing_secrets=missing_secrets,
            config_file=config_file,
        ) as session:
            return work(session)
    except UsageError as error:
        _error(str(error))
        return USAGE


@contextmanager
def session_for(
    stack: str,
    *,
    root: Path,
    state_dir: Path,
    simulate: bool,
    missing_secrets: Collection[str],
    config_file: Path | None = None,
) -> Iterator[Session]:
    """Yield a session of a stack, in the simulated cloud or a real one.

    Raises:
        UsageError: there is no such stack, or the engine cannot be used.

    """
    files = root.glob("Pulumi.*.yaml")
    name = stack.rpartition("/")[2]
    known = sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in files)
    if config_file is None and name not in known:
        stacks = ", ".join(known) or "none"
        raise UsageError(f"Unknown stack {name!r}: {root} has no Pulumi.{name}.yaml. Its stacks: {stacks}.")
    if not simulate:
        options = ("--config-file", str(config_file)) if config_file else ()
        yield Session(executable=engine_executable(), stack=stack, root=root, environment={}, options=options)
        return
    with try_out(
        name,
        root=root,
        directory=state_dir.absolute(),
        missing_secrets=missing_secrets,
        config_file=config_file,
    ) as session:
        yield session


def _applied(session: Session, *arguments: str, edit: Edit | None = None) -> int:
    return DONE if session.run(*arguments, edit=edit) == 0 else FAILED


def _heading(text: str) -> None:
    Console().print(f"\n{text}", style="bold", markup=False, highlight=False, emoji=False)


def _line(text: str) -> None:
    # An ARN holds `:secret:`, which rich would draw as a picture.
    Console().print(text, markup=False, highlight=False, emoji=False, soft_wrap=True)


def _error(text: str) -> None:
    Console(stderr=True).print(text, markup=False, highlight=False, emoji=False, soft_wrap=True)
