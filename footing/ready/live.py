"""The live stack as the engine knows it: outputs and ids, of the clouds or of the simulated one."""

import json
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from footing.plan.render import short_type
from footing.pulumi_cli.session import Session, UsageError, engine_executable
from readiness.context import Hidden, LiveStack, secrets_of
from stacks.config.stack import StackConfig
from stacks.readiness import open_outputs


@contextmanager
def live_stack(
    stack: str, config: StackConfig, *, root: Path, state_dir: Path, simulated: bool
) -> Iterator[LiveStack]:
    """Yield the stack as it was applied last; without outputs where it never was.

    Raises:
        UsageError: the engine cannot open the stack.

    """
    if not simulated:
        session = Session(executable=engine_executable(), stack=stack, root=root, environment={})
        yield _live(session, config, Hidden(os.environ), simulated=False)
        return
    if not (state_dir / "state").is_dir():
        yield LiveStack(region=config.region, simulated=True)
        return
    from footing.pulumi_cli.tryout import cloud_directory, kept_session
    from simulator.aws_api import simulated_aws
    from simulator.store import StoreError
    from simulator.vendors.registry import served_fakes

    directory = state_dir.absolute()
    session, cloud = kept_session(stack, root=root, directory=directory), cloud_directory(directory)
    try:
        with served_fakes(cloud) as environment, ThreadPoolExecutor(1) as beside:
            known = beside.submit(_live, session, config, Hidden(environment), simulated=True)
            with simulated_aws(cloud):
                yield known.result()
    except StoreError as error:
        raise UsageError(str(error)) from None


def _live(session: Session, config: StackConfig, environment: Mapping[str, str], *, simulated: bool) -> LiveStack:
    with ThreadPoolExecutor(1) as beside:
        asked = beside.submit(session.ask, "stack", "output", "--json", "--show-secrets")
        exported = session.ask("stack", "export")
        shown = asked.result()
    outputs, resources = Hidden(), list[dict[str, Any]]()
    for done in (exported, shown):
        if done.returncode != 0 and "no stack named" not in done.stderr:
            raise UsageError(done.stderr.strip().removeprefix("error: "))
    if exported.returncode == 0:
        outputs = Hidden(json.loads(shown.stdout))
        resources = json.loads(exported.stdout)["deployment"].get("resources") or []
    [masked] = [it.get("outputs") or {} for it in resources if it["type"] == "pulumi:pulumi:Stack"] or [{}]
    return LiveStack(
        outputs=outputs,
        ids=_ids(resources),
        environment=environment,
        region=config.region,
        simulated=simulated,
        open_outputs=frozenset() if simulated else open_outputs(config),
        secrets=secrets_of(outputs, masked),
    )


def _ids(resources: list[dict[str, Any]]) -> dict[str, str]:
    found = {}
    for it in resources:
        if it.get("id") and not it.get("delete"):
            name = f"{short_type(it['type'])} {it['urn'].rsplit('::', 1)[-1]}"
            found[name] = it["id"]
            if isinstance(arn := (it.get("outputs") or {}).get("arn"), str):
                found[f"{name}.arn"] = arn
    return found
