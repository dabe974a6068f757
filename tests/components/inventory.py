"""Inventories: every resource of a component with every input, beside what somebody wrote down by hand."""

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.components.recording import Recorded, Registered, Secret

JSON_TEXTS = ("assumeRolePolicy", "containerDefinitions", "policy")
"""Inputs that hold JSON; compared as what they say."""
LONG = {"ALLOY_CONFIG", "PROMETHEUS_RULES"}
"""Variables that hold whole files of other makers; the component's own tests read those."""
PROGRAMS = re.compile(r"^(?:exec )?(alloy|chown|curl|pgbouncer|prometheus|psql|/run\.sh)(?= |$)", re.MULTILINE)
"""What the scripts of containers run or become."""
PROSE = {"description", "userData"}
"""Inputs that are prose or a script; settings leave them out."""


def inventory(recorded: Recorded[Any]) -> dict[str, dict[str, Any]]:
    """Return every input of every child by its short type and name, and its options where they are set."""
    return {
        _key(it): {
            **{key: json.loads(value) if key in JSON_TEXTS else value for key, value in it.inputs.items()},
            **_options(it),
        }
        for it in recorded.resources
        if it.custom
    }


def settings_inventory(recorded: Recorded[Any]) -> dict[str, dict[str, Any]]:
    """Return the same without prose, policies as pairs of actions and resources, each container by itself.

    A container is `container/name`; what every container has is asserted here and left out.
    """
    found: dict[str, dict[str, Any]] = {}
    for resource in recorded.resources:
        if not resource.custom:
            continue
        settings = {key: value for key, value in resource.inputs.items() if key not in PROSE}
        for container in json.loads(settings.pop("containerDefinitions", "[]")):
            found[f"container/{container['name']}"] = _container(container)
        found[_key(resource)] = {key: _plain(value) for key, value in settings.items()} | _options(resource)
    return found


def _key(resource: Registered) -> str:
    return f"{resource.type.rpartition(':')[2]}/{resource.name}"


def _options(resource: Registered) -> dict[str, Any]:
    return {
        **({"protect": True} if resource.protect else {}),
        **({"retainOnDelete": True} if resource.retain_on_delete else {}),
        **({"ignoreChanges": list(resource.ignore_changes)} if resource.ignore_changes else {}),
    }


def trust(service: str) -> dict[str, Any]:
    """Return the document by which `service` assumes a role."""
    return document({"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": service}})


def document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    """Return an IAM policy document."""
    return {"Statement": list(statements), "Version": "2012-10-17"}


def private_bucket(
    name: str, bucket: str, *statements: Mapping[str, Any], protect: bool = True, **lifecycle: Any
) -> dict[str, dict[str, Any]]:
    """Return the inventory of a private bucket: `statements` beside TLS only, `lifecycle` beside what all have."""
    arn = f"arn:aws:made:::{name}-bucket"
    tls_only = {
        "Action": "s3:*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        "Effect": "Deny",
        "Principal": "*",
        "Resource": [arn, f"{arn}/*"],
        "Sid": "TlsOnly",
    }
    rule = {
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
        "filter": {"prefix": ""},
        "id": "all",
        "status": "Enabled",
        **lifecycle,
    }
    encrypted = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
    return {
        f"RandomId/{name}-suffix": {"byteLength": 4},
        f"Bucket/{name}-bucket": {
            "bucket": bucket,
            "forceDestroy": not protect,
            **({"protect": True} if protect else {}),
        },
        f"BucketPublicAccessBlock/{name}-block": {
            "blockPublicAcls": True,
            "blockPublicPolicy": True,
            "bucket": bucket,
            "ignorePublicAcls": True,
            "restrictPublicBuckets": True,
        },
        f"BucketOwnershipControls/{name}-owner": {
            "bucket": bucket,
            "rule": {"objectOwnership": "BucketOwnerEnforced"},
        },
        f"BucketServerSideEncryptionConfiguration/{name}-encryption": {"bucket": bucket, "rules": [encrypted]},
        f"BucketVersioning/{name}-versioning": {
            "bucket": bucket,
            "versioningConfiguration": {"status": "Enabled"},
        },
        f"BucketLifecycleConfiguration/{name}-lifecycle": {"bucket": bucket, "rules": [rule]},
        f"BucketPolicy/{name}-policy": {"bucket": bucket, "policy": document(tls_only, *statements)},
    }


def log_delivery(name: str, service: str, source: str) -> dict[str, Any]:
    """Return the statement by which a log service of AWS writes to the bucket `name`."""
    return {
        "Action": "s3:PutObject",
        "Condition": {"ArnLike": {"aws:SourceArn": [source]}},
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Resource": f"arn:aws:made:::{name}-bucket/*",
        "Sid": "LogDelivery",
    }


def _container(definition: dict[str, Any]) -> dict[str, Any]:
    log = definition.pop("logConfiguration")
    assert log["logDriver"] == "awslogs"
    assert log["options"]["awslogs-stream-prefix"] == definition["name"]
    assert log["options"]["awslogs-group"].endswith("-log")
    assert definition.pop("readonlyRootFilesystem") is True
    environment = {it["name"]: it["value"] for it in definition.pop("environment")}
    secrets = {it["name"]: it["valueFrom"] for it in definition.pop("secrets")}
    if definition.get("entryPoint") == ["sh", "-c"]:
        [script] = definition["command"]
        assert script.startswith("set -eu\n")
        definition["command"] = PROGRAMS.findall(script)
    return {
        **{key: value for key, value in definition.items() if key != "name"},
        "environment": {key: _file(value) for key, value in environment.items() if key not in LONG},
        "secrets": secrets,
    }


def _file(value: str) -> Any:
    """Return a file in JSON parsed, and one of several lines as a list of them."""
    if value.startswith("{"):
        return json.loads(value)
    return value.splitlines() if "\n" in value else value


def _plain(value: Any) -> Any:
    if isinstance(value, Secret):
        return ("secret", _plain(value.value))
    if isinstance(value, dict):
        # The hash of pgbouncer.ini follows every number in it.
        return {key: _plain(item) for key, item in value.items() if key != "footing:configuration"}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, str) and value.startswith("{"):
        document = json.loads(value)
        if "Statement" not in document:
            return document
        assert document["Version"] == "2012-10-17"
        assert {it["Effect"] for it in document["Statement"]} == {"Allow"}
        return [(it["Action"], it.get("Resource") or it["Principal"]["Service"]) for it in document["Statement"]]
    return value
