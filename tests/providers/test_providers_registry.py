"""Every provider is complete: its plugin, its place in Pulumi.yaml, its fake, a handler of each type."""

from importlib import import_module
from pathlib import Path

import pytest
import yaml

from providers.description import Resource
from providers.registry import VENDORS
from simulator.vendors.contracts import FOLDER, REVIEWED, operations
from simulator.vendors.registry import FAKES

ROOT = Path(__file__).parents[2]


def test_every_folder_is_registered_and_started_by_its_path():
    folders = {path.parent.name for path in (ROOT / "providers").glob("*/vendor.py")}
    assert folders == set(VENDORS)
    assert {it.vendor for it in FAKES} == folders
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["plugins"]["providers"]
    vendors = {name: import_module(f"providers.{name}.vendor").VENDOR for name in VENDORS}
    assert {it["name"]: it["path"] for it in declared} == {
        vendor.package: f"./providers/{name}" for name, vendor in vendors.items()
    }


@pytest.mark.parametrize("name", VENDORS)
def test_provider_has_a_plugin_and_a_handler_of_each_type(name: str):
    plugin = yaml.safe_load((ROOT / "providers" / name / "PulumiPlugin.yaml").read_text())
    assert plugin["runtime"]["options"] == {"toolchain": "uv", "virtualenv": "../../.venv"}
    vendor = import_module(f"providers.{name}.vendor").VENDOR
    resources = import_module(f"providers.{name}.resources")
    types = {it for it in vars(resources).values() if isinstance(it, type) and issubclass(it, Resource)}
    assert set(vendor.handlers) == types - {Resource}
    assert {it.package for it in vendor.handlers} == {vendor.package}


@pytest.mark.parametrize("fake", FAKES, ids=lambda it: it.vendor)
def test_fake_answers_what_is_kept_of_its_contract_and_takes_the_provider_s_token(fake: type):
    assert fake.answered() == set(operations(fake.vendor))
    assert (FOLDER / f"{fake.vendor}.json").exists()
    vendor = import_module(f"providers.{fake.vendor}.vendor").VENDOR
    assert fake.endpoint_variable == vendor.endpoint_variable
    assert set(fake.environment) == set(vendor.credentials)
    assert set(REVIEWED) <= {it.vendor for it in FAKES}
