"""A task logs in to the registries of its images, and its execution role may read and decrypt what that takes."""

import json

from msgspec.structs import replace

from components.postgres.pooler.service import Pooler
from tests.components.postgres.test_pooler import ARGS
from tests.components.recording import Recorded, record_component

LOGIN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:login-AbCdEf"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/0"


def record(logins: dict[str, str], keys: list[str]) -> Recorded[Pooler]:
    images = replace(ARGS.images, pgbouncer="ghcr.io/example/pgbouncer:1.26.1", curl="example/curl:1")
    task = replace(ARGS.task, registry_credentials=logins, secret_key_arns=keys)
    return record_component(lambda: Pooler("pooler", replace(ARGS, images=images, task=task)))


def allowed(recorded: Recorded[Pooler], policy: str) -> list[tuple[str, list[str]]]:
    found = [json.loads(it.inputs["policy"]) for it in recorded.of("RolePolicy") if it.name == policy]
    return [(it["Action"][0], it["Resource"]) for document in found for it in document["Statement"]]


def logins(recorded: Recorded[Pooler]) -> dict[str, object]:
    containers = json.loads(recorded.one("TaskDefinition").inputs["containerDefinitions"])
    return {it["name"]: it["repositoryCredentials"] for it in containers if "repositoryCredentials" in it}


def test_only_containers_of_the_named_registry_log_in_and_the_role_may_read_the_secret():
    recorded = record({"ghcr.io": LOGIN}, [])
    assert logins(recorded) == {"pgbouncer": {"credentialsParameter": LOGIN}}
    [(action, readable)] = allowed(recorded, "pooler-secrets")
    assert (action, LOGIN in readable) == ("secretsmanager:GetSecretValue", True)
    assert allowed(recorded, "pooler-keys") == []


def test_an_image_without_a_host_is_docker_hubs():
    assert list(logins(record({"docker.io": LOGIN}, []))) == ["prepare", "database-role", "exporter"]


def test_secrets_of_a_customers_key_are_decrypted_with_that_key_alone():
    recorded = record({}, [KEY])
    assert allowed(recorded, "pooler-keys") == [("kms:Decrypt", [KEY])]
    assert logins(recorded) == {}
