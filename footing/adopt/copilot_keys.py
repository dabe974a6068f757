"""Which keys of a stack file the parts of a manifest of AWS Copilot are.

https://aws.github.io/copilot-cli/docs/manifest/lb-web-service/
"""

import re
from collections.abc import Collection
from typing import Any, Final

from footing.adopt.copilot_manifest import Manifest, scalar
from footing.adopt.copilot_schedule import schedule_expression
from policies.secret_values import is_secret
from stacks.config.base import Model
from stacks.config.scaling import TargetConfig
from stacks.config.service import JobConfig
from stacks.config.workload import EXISTING_SOURCE

TARGETS: Final = {
    "cpu_percentage": "cpu_percent",
    "memory_percentage": "memory_percent",
    "requests": "requests_per_task_per_minute",
}
"""Key of `scaling` by Copilot's target."""

VARIABLE: Final = r"[A-Z][A-Z0-9_]*"
"""Form of a variable's name."""

ANOTHER_NAME: Final = "allowed are names of capital letters, digits and _, no digit first"
"""Why a variable is not mapped that is called otherwise."""

LONGEST_NAME: Final = 16
"""Characters of the name of a service or a sidecar in a stack file."""


def image(manifest: Manifest, path: str, name: str) -> str:
    """Return the image at `path`; a placeholder and a comment where Copilot builds it."""
    location: str | None = manifest.text(f"{path}.location")
    if location:
        return location
    build = manifest.take(f"{path}.build", str, dict)
    dockerfile = (build.get("dockerfile") or build.get("context")) if isinstance(build, dict) else build
    source = f"Copilot builds {dockerfile or 'a Dockerfile'}" if build else "the manifest names none"
    manifest.comment(path.partition(".")[0], f"{path}: {source}; write the image that your pipeline pushes")
    manifest.note(f"{path}.build", f"{source}; a placeholder stands for the image, and nothing is built here")
    return f"registry.example.com/{name}:replace"


def commands(manifest: Manifest, path: str) -> dict[str, Any]:
    """Return `entry_point` and `command`."""
    return {"entry_point": manifest.words(f"{path}entrypoint"), "command": manifest.words(f"{path}command")}


def task(manifest: Manifest) -> dict[str, Any]:
    """Return the size of a task; Copilot's own where the manifest says none."""
    task: dict[str, Any] = {"cpu": manifest.number("cpu") or 256, "memory_mib": manifest.number("memory") or 512}
    ephemeral = manifest.number("storage.ephemeral") or 20
    if ephemeral > 20:  # Fargate's own size, which cannot be asked for.
        task["ephemeral_gib"] = ephemeral
    platform = manifest.text("platform", "platform.architecture") or "linux/x86_64"
    if "windows" in platform.lower():
        manifest.note("platform", f"given {platform!r}; tasks run Linux on X86_64 or ARM64")
    elif platform.lower().endswith("arm64"):
        task["architecture"] = "ARM64"
    return task


def environment(manifest: Manifest, path: str, *, given_here: Collection[str] = ()) -> dict[str, str]:
    """Return the plain variables; what a stack file would not take is noted, without its value."""
    found = {}
    for name, value in manifest.block(f"{path}variables").items():
        key = f"{path}variables.{name}"
        if isinstance(value, dict | list):
            manifest.note(key, "an export of CloudFormation; write its value under environment")
        elif not re.fullmatch(VARIABLE, name):
            manifest.note(key, ANOTHER_NAME)
        elif name in given_here:
            manifest.note(key, "the stack itself gives it, from port")
        elif is_secret(name, scalar(value)):
            manifest.note(key, "looks like a secret; write it under secrets, in the stack's own or by ARN")
        else:
            found[name] = scalar(value)
    return found


def secrets(manifest: Manifest, path: str, key: str = "secrets") -> dict[str, str]:
    """Return the secrets that are given by a whole ARN; what else there is becomes a comment."""
    found = {}
    for name, source in manifest.block(f"{path}secrets").items():
        given = source.get("secretsmanager") if isinstance(source, dict) else source
        if not re.fullmatch(VARIABLE, name):
            manifest.note(f"{path}secrets.{name}", ANOTHER_NAME)
        elif not isinstance(given, str):
            manifest.note(f"{path}secrets.{name}", "an export of CloudFormation; write its ARN")
        elif re.fullmatch(EXISTING_SOURCE, given):
            found[name] = given
        elif isinstance(source, dict) or ":secretsmanager:" in given:
            secret, _, field = given.rpartition(":secret:")[2].partition(":")
            arn = f"arn:aws:secretsmanager:REGION:ACCOUNT:secret:{secret}-SUFFIX{field and f':{field}'}"
            manifest.comment(key, f"{path}secrets.{name}: {arn}")
            manifest.note(
                f"{path}secrets.{name}", f"write the whole ARN of the secret {secret!r}, suffix included"
            )
        else:
            parameter = given.rpartition(":parameter/")[2].lstrip("/")
            manifest.comment(key, f"{path}secrets.{name}: arn:aws:ssm:REGION:ACCOUNT:parameter/{parameter}")
            manifest.note(f"{path}secrets.{name}", f"write the ARN of the parameter {given!r}")
    return found


def sidecars(manifest: Manifest, service: str) -> dict[str, Any]:
    """Return the sidecars of the service called `service`, by name."""
    found: dict[str, Any] = {}
    for given in manifest.blocks("sidecars"):
        path = f"sidecars.{given}"
        name = re.sub(r"[^a-z0-9]+", "-", given.lower())[:LONGEST_NAME].strip("-")
        if name != given or name == service:
            manifest.block(path)
            manifest.note(
                path, f"write it with a name of up to {LONGEST_NAME} characters that the service has not"
            )
            continue
        found[name] = {
            "image": manifest.text(f"{path}.image") or image(manifest, f"{path}.image", name),
            **commands(manifest, f"{path}."),
            "environment": environment(manifest, f"{path}."),
            "secrets": secrets(manifest, f"{path}.", "sidecars"),
            "essential": manifest.take(f"{path}.essential", bool) is not False,
        }
    return found


def web(manifest: Manifest) -> dict[str, Any]:
    """Return what the load balancer does; where Copilot's default is another than ours, that."""
    alias, hostnames = manifest.take("http.alias", str, list), []
    for entry in alias if isinstance(alias, list) else [alias] if alias else []:
        hostname = entry.get("name") if isinstance(entry, dict) else entry
        if isinstance(entry, dict) and "hosted_zone" in entry:
            manifest.note("http.alias.hosted_zone", "the zone is the block edge")
        if isinstance(hostname, str) and "${" not in hostname:
            hostnames.append(hostname.lower())
        else:
            manifest.note("http.alias", f"given {hostname!r}; write the host name under hostnames")
    path = (manifest.text("http.path") or "/").strip("/")
    codes = manifest.take("http.healthcheck.success_codes", str, int)
    return {
        "hostnames": hostnames,
        "paths": [f"/{path}", f"/{path}/*"] if path else [],
        "port": manifest.number("image.port") or 8080,
        "health_path": manifest.text("http.healthcheck", "http.healthcheck.path") or "/",
        "health_codes": str(codes or 200).replace(" ", ""),
    }


def scaling(manifest: Manifest, *, web: bool) -> dict[str, Any]:
    """Return `scaling` and `capacity`; one task where the manifest says nothing."""
    given = manifest.text("count.range") or ""
    bounds = re.fullmatch(r"(\d+)-(\d+)", given)
    low, high = map(int, bounds.groups()) if bounds else (
        manifest.number("count.range.min"), manifest.number("count.range.max"))  # fmt: skip
    if low is not None and high is not None:
        return _range(manifest, low, high, web=web)
    if given or low is not None or high is not None:
        manifest.note("count.range", "allowed a least and a most number of tasks, such as 1-10")
    count, spot = manifest.number("count"), manifest.number("count.spot")
    tasks = spot or (1 if count is None else count)
    if tasks == 0:
        manifest.note("count", "given 0; written 1, the least")
    capacity = {"spot_percent": 100, "base_tasks": 0} if spot else {}
    return {"scaling": {"mode": "fixed", "tasks": max(tasks, 1)}, "capacity": capacity}


def _range(manifest: Manifest, low: int, high: int, *, web: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"mode": "target", "minimum_tasks": max(low, 1), "maximum_tasks": max(high, 1)}
    if low == 0:
        manifest.note("count.range", "given 0 at the least; written 1")
    for given, key in TARGETS.items():
        value = manifest.number(f"count.{given}", f"count.{given}.value") if web or given != "requests" else None
        if value is not None:
            found[key] = _nearest(manifest, f"count.{given}", value, TargetConfig, key)
    if "cpu_percent" not in found:
        default = TargetConfig.model_fields["cpu_percent"].default
        manifest.note("count.cpu_percentage", f"a target of the CPU is always there: {default} by default")
    pauses = {it for way in ("in", "out") if (it := manifest.seconds(f"count.cooldown.{way}")) is not None}
    if pauses:
        path, key = "count.cooldown", "cooldown_seconds"
        found[key] = _nearest(manifest, path, max(pauses), TargetConfig, key)
        if len(pauses) > 1:
            manifest.note(path, f"one pause serves both directions: written {found[key]} seconds, the longer")
    spot_from = manifest.number("count.range.spot_from")
    if spot_from is None:
        return {"scaling": found}
    base = min(max(spot_from - 1, 0), found["minimum_tasks"])
    if base != spot_from - 1:
        manifest.note("count.range.spot_from", f"capacity.base_tasks is {base}: no more than always run")
    return {"scaling": found, "capacity": {"spot_percent": 100, "base_tasks": base}}


def job(manifest: Manifest) -> dict[str, Any]:
    """Return the schedule and the limits of a job; a placeholder that is not enabled where it has no schedule."""
    job: dict[str, Any] = {}
    given = manifest.text("on.schedule") or "none"
    schedule = schedule_expression(given)
    if schedule is None:
        why = "it never runs by itself" if given == "none" else f"{given!r} cannot be written for EventBridge"
        manifest.comment("schedule", f"{why}: a placeholder, not enabled")
        manifest.note("on.schedule", f"{why}; a placeholder stands for it, and the job is not enabled")
        job["enabled"] = False
    if (retries := manifest.number("retries")) is not None:
        job["retries"] = _nearest(manifest, "retries", retries, JobConfig, "retries")
    if (timeout := manifest.seconds("timeout")) is not None:
        job["timeout_seconds"] = _nearest(manifest, "timeout", timeout, JobConfig, "timeout_seconds")
    else:
        default = JobConfig.model_fields["timeout_seconds"].default
        manifest.note("timeout", f"none given; here a run is stopped after timeout_seconds, {default} by default")
    return {"schedule": schedule or "rate(1 day)", **job}


def _nearest(manifest: Manifest, path: str, value: int, model: type[Model], key: str) -> int:
    """Return the value that a key of the model may have and that is nearest to `value`; noted where it differs."""
    shown = model.model_json_schema()["properties"][key]
    allowed = shown.get("anyOf", [shown])[0]
    nearest: int = min(max(value, allowed["minimum"]), allowed["maximum"])
    if nearest != value:
        manifest.note(path, f"given {value}; written {nearest}, the nearest that {key} may be")
    return nearest
