"""What the name of an image decides: its registry, its login, and whether its PgBouncer has known holes."""

from typing import Any

import pytest

from components.aws.registries import registry_of
from stacks.config import ConfigError, parse
from stacks.config.images import DOCKER_HUB, rationed, unversioned
from stacks.config.metrics import CollectorConfig, SelfHostedStore

LOGIN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:login-AbCdEf"


def problems(values: dict[str, Any]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse("test", values)
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("image", "host"),
    [
        ("nginx", "docker.io"),
        ("grafana/alloy:v1.18.1", "docker.io"),
        ("index.docker.io/grafana/alloy@sha256:0", "docker.io"),
        ("ghcr.io/example/app:1", "ghcr.io"),
        ("localhost/app", "localhost"),
        ("registry.example.com:5000/app:1", "registry.example.com:5000"),
    ],
)
def test_the_registry_of_an_image_is_its_host(image: str, host: str):
    assert registry_of(image) == host


@pytest.mark.parametrize(
    "version", ["v1.24.1-p1", "1.25.2", "1.26.0-202610011121-trixie@sha256:" + "0" * 64, "1.9"]
)
def test_a_pgbouncer_with_known_holes_is_refused(values: dict[str, Any], version: str):
    values["database"]["pooler"]["image"] = f"example.com:5000/pgbouncer:{version}"
    [problem] = problems(values)
    assert problem.startswith(f"database.pooler.image: given example.com:5000/pgbouncer:{version}, allowed ")
    assert "PgBouncer 1.26.1 or later" in problem


@pytest.mark.parametrize(
    "tag", [":1.26.1", ":v1.26.1-p0", ":1.27.0", ":2.0", ":build-7", "@sha256:" + "0" * 64, ""]
)
def test_a_pgbouncer_without_known_holes_or_of_unknown_version_is_accepted(values: dict[str, Any], tag: str):
    values["database"]["pooler"]["image"] = f"example.com:5000/pgbouncer{tag}"
    assert parse("test", values).database.pooler.image.endswith(tag)


def test_default_images_are_rationed_by_nobody_but_where_docker_hub_alone_has_them():
    collector = CollectorConfig()
    defaults = {name: value for name, value in collector.model_dump().items() if name.endswith("image")}
    store = SelfHostedStore(provider="self_hosted")
    defaults |= {"prometheus": store.prometheus_image, "grafana": store.grafana_image}
    assert {name for name, image in defaults.items() if registry_of(image) == DOCKER_HUB} == {"image", "grafana"}
    assert "@sha256:" in collector.image
    assert "@sha256:" in store.grafana_image


def test_an_image_that_docker_hub_rations_is_named_until_there_is_a_login(values: dict[str, Any]):
    assert rationed(parse("test", values).images, {}) is None
    values["services"]["api"]["image"] = "example/app@sha256:" + "0" * 64
    images = parse("test", values).images
    assert str(rationed(images, {})).startswith("services.api.image: docker.io gives")
    assert rationed(images, {DOCKER_HUB: LOGIN}) is None


def test_an_image_without_a_version_is_named_by_its_key(values: dict[str, Any]):
    for image, told in (("x.y:5000/app", True), ("x.y/app:latest", True), ("x.y/app:1.0", False)):
        values["services"]["api"].update(image=image, image_by="tag")
        sentence = unversioned(parse("test", values).images)
        assert (sentence is not None) is told, image
        assert not told or sentence.startswith("services.api.image: an image without a version")
    assert unversioned({"a": "x.y/app:latest@sha256:" + "0" * 64}) is None


@pytest.mark.parametrize(
    ("host", "arn", "words"),
    [
        (
            "ghcr.oi",
            LOGIN,
            "allowed for a registry of this stack's images: ghcr.io, public.ecr.aws, quay.io, registry",
        ),
        ("123456789012.dkr.ecr.us-east-1.amazonaws.com", LOGIN, "the tasks' role logs in to ECR"),
        (
            "ghcr.io",
            LOGIN.replace("us-east-1", "eu-west-1"),
            "given a secret in eu-west-1, allowed one in us-east-1",
        ),
        ("ghcr.io", LOGIN.removesuffix("-AbCdEf"), "allowed"),
    ],
)
def test_a_login_that_cannot_work_is_refused(values: dict[str, Any], host: str, arn: str, words: str):
    values["registry_credentials"] = {host: arn}
    [problem] = problems(values)
    assert problem.startswith(f"registry_credentials.{host}: ")
    assert words in problem


@pytest.mark.parametrize(("version", "refused"), [("14", True), ("17.6", True), ("18", False)])
def test_search_path_is_ignored_until_postgresql_reports_it(values: dict[str, Any], version: str, refused: bool):
    values["database"] |= {"postgres_version": version}
    values["database"]["pooler"]["ignore_startup_parameters"] = ["extra_float_digits"]
    if refused:
        [problem] = problems(values)
        assert problem.startswith(
            "database.pooler.ignore_startup_parameters: missing search_path, required before"
        )
    else:
        assert parse("test", values).database.pooler.ignore_startup_parameters == ["extra_float_digits"]
