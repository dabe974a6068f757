"""The tasks that send the requests of load tests, where the stack has some."""

from components.aws.placement import ClusterRef, NetworkRef
from components.load_generator import LoadGenerator, LoadGeneratorArgs
from stacks.compose.stack import Stack, task
from stacks.config.load_generator import ROLE, workers_of


def make_load_generator(
    stack: Stack, network: NetworkRef | None, cluster: ClusterRef | None
) -> LoadGenerator | None:
    """Return the tasks that send; None where the stack has none."""
    config = workers_of(stack.config.load_generator)
    if config is None or network is None or cluster is None:
        return None
    args = LoadGeneratorArgs(
        family=stack.names.of(ROLE),
        image=config.image,
        workers=config.workers,
        task=task(stack, config.task),
        cluster=cluster,
        placement=network.placement,
        region=stack.config.region,
    )
    return LoadGenerator("load-generator", args, stack.opts)
