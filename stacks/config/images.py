"""Container images: what the name of one says of its registry and its version."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from components.aws.registries import registry_of
from policies.limits import LEAST_PGBOUNCER_VERSION
from stacks.config.base import Problem
from stacks.config.scaling import QueueConfig

if TYPE_CHECKING:
    from stacks.config.stack import StackConfig

DOCKER_HUB = "docker.io"
"""Docker's registry: without a login an address gets 100 images in 6 hours, and all tasks behind a NAT are one.

https://docs.docker.com/docker-hub/usage/
"""

SecretArn = Annotated[
    str,
    Field(pattern=r"^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9_/+=.@-]+-[A-Za-z0-9_]{6}$"),
]
"""ARN of a secret with the six characters that Secrets Manager adds: without them a role may not read it."""

RegistryHost = Annotated[str, Field(pattern=r"^[a-z0-9.-]+\.[a-z0-9-]+(:\d+)?$")]
"""Host of a registry, as images name it: ghcr.io."""

_PRIVATE_ECR = re.compile(r"\.dkr\.ecr\.")


def images_of(config: "StackConfig") -> dict[str, str]:
    """Return every container image that a task pulls, by its key."""
    found = {}
    for name, service in config.on_fargate.items():
        found[f"services.{name}.image"] = service.image
        if isinstance(scaling := getattr(service, "scaling", None), QueueConfig) and scaling.redis_list:
            found[f"services.{name}.scaling.redis_image"] = scaling.redis_image
        found |= {f"services.{name}.sidecars.{it}.image": car.image for it, car in service.sidecars.items()}
    if pooler := config.own_pooler:
        images = ("image", "prepare_image", "psql_image", "exporter_image")
        found |= {f"database.pooler.{key}": getattr(pooler, key) for key in images}
    if config.bastion:
        found["bastion.image"] = config.bastion.image
    if config.load_generator and config.load_generator.fargate:
        found["load_generator.fargate.image"] = config.load_generator.fargate.image
    if config.datadog and config.datadog.agent and config.long_running.keys() & config.on_fargate.keys():
        found["datadog.agent.image"] = config.datadog.agent.image
    return {**found, **(config.metrics.images() if config.in_network else {})}


def registry_problems(
    images: Mapping[str, str], credentials: Mapping[str, str], *, region: str
) -> Iterator[Problem]:
    """Yield key and sentence for each image that must not run, or whose registry is not logged in to as said.

    Args:
        images: every container image, by its key.
        credentials: `registry_credentials`.
        region: region of the stack.

    """
    pooler = images.get("database.pooler.image", "")
    version = re.search(r":v?(\d+(?:\.\d+)+)[^:/]*$", pooler.partition("@")[0])
    if version and tuple(map(int, version[1].split("."))) < LEAST_PGBOUNCER_VERSION:
        least = ".".join(map(str, LEAST_PGBOUNCER_VERSION))
        problem = (
            f"given {pooler}, allowed PgBouncer {least} or later: earlier ones have known holes (CVE-2026-107350)"
        )
        yield "database.pooler.image", problem
    used = {registry_of(image) for image in images.values()}
    for host, arn in credentials.items():
        key = f"registry_credentials.{host}"
        if _PRIVATE_ECR.search(host):
            yield key, "given, allowed for other registries: the tasks' role logs in to ECR"
        elif host not in used:
            yield key, f"given, allowed for a registry of this stack's images: {', '.join(sorted(used))}"
        if (found := arn.split(":")[3]) != region:
            yield key, f"given a secret in {found}, allowed one in {region}, where the tasks run"


def unversioned(images: Mapping[str, str]) -> str | None:
    """Return the sentence about images that name no version, or latest; None where there are none."""
    tags = {key: image.rpartition("/")[2].partition(":")[2] for key, image in images.items() if "@" not in image}
    if keys := [key for key, tag in tags.items() if tag in ("", "latest")]:
        return (
            f"{', '.join(keys)}: an image without a version is another one whenever a task starts, and a rollback "
            "starts the new one too. Name a digest, or a tag that stays."
        )
    return None


def rationed(images: Mapping[str, str], credentials: Mapping[str, str]) -> str | None:
    """Return the sentence about images that Docker Hub rations, None where there are none."""
    keys = [key for key, image in images.items() if registry_of(image) == DOCKER_HUB]
    if not keys or DOCKER_HUB in credentials:
        return None
    return (
        f"{', '.join(keys)}: docker.io gives an address without a login 100 images in 6 hours, and all tasks "
        "behind a NAT are one. Set registry_credentials.docker.io, or name a copy in ECR: docs/network.md."
    )
