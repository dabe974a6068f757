"""One manifest of AWS Copilot: its keys are taken one by one, and what stays has a reason.

https://aws.github.io/copilot-cli/docs/manifest/overview/
"""

import re
import shlex
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

REASONS: Final[Mapping[str, str]] = {
    "count.cooldown": "one pause serves both directions: scaling.cooldown_seconds",
    "count.cpu_percentage.cooldown": "one pause serves all targets: scaling.cooldown_seconds",
    "count.memory_percentage.cooldown": "one pause serves all targets: scaling.cooldown_seconds",
    "count.queue_delay": "the queue was Copilot's; name yours with scaling mode queue, sqs_queue and "
    "messages_per_task (acceptable_latency / msg_processing_time)",
    "count.requests.cooldown": "one pause serves all targets: scaling.cooldown_seconds",
    "count.response_time": "a target of its own does not exist; scaling mode step has response_high_ms",
    "deployment": "how tasks are replaced is the key deployment.strategy: docs/service.md",
    "env_file": "the file stays with Copilot; write its variables under environment, or secrets",
    "environments.*": "overrides of one environment: apply them in the file of that stack",
    "exec": "tasks are not opened for a shell",
    "http.additional_rules": "a service has one rule; add further hostnames and paths by hand",
    "http.allowed_source_ips": "load_balancer.ingress_cidrs, or the edge, decides for all services",
    "http.deregistration_delay": "follows from max_request_seconds",
    "http.healthcheck": "health_path and health_codes are the only keys of the check",
    "http.hosted_zone": "the zone is the block edge",
    "http.redirect_to_https": "the load balancer answers HTTPS alone",
    "http.stickiness": "requests go to any task; websockets: true keeps a client at one",
    "http.target_container": "requests go to the service's own container, on its port",
    "http.version": "requests reach tasks by HTTP/1.1",
    "image.credentials": "registry_credentials.HOST logs in to a registry",
    "image.depends_on": "containers of a task start together",
    "image.healthcheck": "containers have no check of their own; the load balancer's is health_path",
    "image.labels": "containers have no labels; tags come from owners",
    "image.port": "a worker or a job gets no requests",
    "logging": "output goes to CloudWatch for task.log_retention_days; a log router is a sidecar",
    "network": "the stack's block network decides on subnets and security groups",
    "nlb": "there is one load balancer, for HTTP",
    "observability": "tracing wants a sidecar of its own; alarms are the stack's",
    "platform": "tasks run Linux on X86_64 or ARM64",
    "publish": "topics of SNS are not made here; grant the right with permissions",
    "sidecars.*.credentialsParameter": "registry_credentials.HOST logs in to a registry",
    "sidecars.*.depends_on": "containers of a task start together",
    "sidecars.*.env_file": "the file stays with Copilot; write its variables under environment",
    "sidecars.*.healthcheck": "sidecars have no check; essential ends the task with them",
    "sidecars.*.labels": "containers have no labels",
    "sidecars.*.mount_points": "volumes are not made here; files lie in S3 (storage)",
    "sidecars.*.port": "containers of a task reach each other at localhost without it",
    "storage.readonly_fs": "the file system is always read-only, but for /tmp",
    "storage.volumes": "EFS is not made here; files lie in S3 (storage)",
    "subscribe": "topics and queues are not made here; name a queue in scaling.sqs_queue",
    "taskdef_overrides": "there is no template to change",
}
"""Why a key has no place in a stack file; `*` stands for the name of a sidecar or of an environment."""

WITHOUT_REQUESTS: Final[Mapping[str, str]] = {
    "http": "no load balancer inside the VPC is made here",
    "count.requests": "a worker gets no requests",
}
"""The same, of what is no web service."""

ANOTHER_FORM: Final = "no key of a stack file takes it, or not in this form"
"""Reason of all other keys."""


class Manifest:
    """A manifest; a key that is taken is mapped, the others stay."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._left: dict[str, Any] = deepcopy(dict(document))
        self._notes: list[tuple[str, str]] = []
        self.comments: dict[str, list[str]] = {}
        """Comments before a key of the stack file."""

    def take(self, path: str, *types: type) -> Any:
        """Return the value at a dotted path and count it as mapped; None where it is not of these types."""
        *parents, last = path.split(".")
        block: Any = self._left
        for key in parents:
            block = block.get(key) if isinstance(block, dict) else None
        if isinstance(block, dict) and type(block.get(last)) in types:
            return block.pop(last)
        return None

    def text(self, *paths: str) -> str | None:
        """Return the first text at one of the paths."""
        return next((found for path in paths if (found := self.take(path, str)) is not None), None)

    def number(self, *paths: str) -> int | None:
        """Return the first whole number at one of the paths."""
        return next((found for path in paths if (found := self.take(path, int)) is not None), None)

    def block(self, path: str) -> dict[str, Any]:
        """Return the block at the path, empty without one."""
        found: dict[str, Any] = self.take(path, dict) or {}
        return found

    def blocks(self, path: str) -> list[str]:
        """Return the keys of the blocks inside the block at the path, which stay."""
        found = self._left.get(path)
        return [key for key, it in found.items() if isinstance(it, dict)] if isinstance(found, dict) else []

    def words(self, path: str) -> list[str]:
        """Return a command at the path, which is a text for a shell's rules or a list."""
        found = self.take(path, str, list)
        if isinstance(found, list):
            return [scalar(it) for it in found]
        try:
            return shlex.split(found or "")
        except ValueError as error:
            self.note(path, f"cannot be split into words ({error}); write it as a list")
            return []

    def seconds(self, path: str) -> int | None:
        """Return a duration such as 1h30m at the path, in seconds; a malformed one is noted."""
        found = self.text(path)
        if found is not None and (length := duration_seconds(found)) is not None:
            return length
        if found is not None:
            self.note(path, f"given {found!r}, which is no duration of whole seconds such as 1h30m")
        return None

    def note(self, path: str, reason: str) -> None:
        """Keep what was mapped in part, or not at all."""
        self._notes.append((path, reason))

    def comment(self, key: str, line: str) -> None:
        """Keep a comment for a key of the stack file."""
        self.comments.setdefault(key, []).append(" ".join(line.split()))

    def unmapped(self, *, web: bool) -> Iterator[tuple[str, str]]:
        """Yield each key that has no place in the stack file, or not the whole of it, with one reason."""
        yield from self._notes
        yield from _remaining(self._left, REASONS if web else {**REASONS, **WITHOUT_REQUESTS})


def _remaining(block: Mapping[str, Any], reasons: Mapping[str, str], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in block.items():
        dotted = f"{path}{key}"
        general = re.sub(r"^(sidecars|environments)\.[^.]+", r"\1.*", dotted)
        if isinstance(value, dict) and (not value or general not in reasons or general == "http.healthcheck"):
            yield from _remaining(value, reasons, f"{dotted}.")
            continue
        parent = general.rpartition(".")[0]
        yield dotted, reasons.get(general) or reasons.get(parent) or ANOTHER_FORM


def scalar(value: Any) -> str:
    """Return a value of YAML as the text that a variable would hold."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def duration_seconds(text: str) -> int | None:
    """Return a duration of Go such as 1h30m in whole seconds; None where it is none."""
    found = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", text.strip())
    if not found or not text.strip():
        return None
    hours, minutes, seconds = (int(it or 0) for it in found.groups())
    return hours * 3600 + minutes * 60 + seconds
