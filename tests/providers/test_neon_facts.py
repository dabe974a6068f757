"""What the engine's test of `footing-neon` does not reach: sizes, and organizations with many projects."""

import threading

import pytest

from providers._server.api import Access, Api
from providers.neon.computes import setting_faults
from providers.neon.plans import max_connections
from providers.neon.projects import MOST_PROJECTS, every_project
from simulator.vendors.fake import TOKEN, running
from simulator.vendors.neon import Neon


@pytest.mark.parametrize(
    ("low", "high", "connections"),
    [(0.25, 0.25, 104), (1, 1, 419), (3, 3, 1258), (4, 4, 1678), (16, 16, 4000), (0.25, 2, 839), (0.25, 8, 839)],
)
def test_connections_are_those_of_neons_table(low: float, high: float, connections: int):
    assert max_connections(low, high) == connections


@pytest.mark.parametrize(
    ("given", "keys"),
    [
        ({"autoscalingLimitMinCu": 0.25, "autoscalingLimitMaxCu": 8, "suspendTimeoutSeconds": -1}, []),
        ({"autoscalingLimitMinCu": 20, "autoscalingLimitMaxCu": 20}, []),
        ({"autoscalingLimitMinCu": 1, "autoscalingLimitMaxCu": 10}, ["autoscalingLimitMaxCu"]),
        ({"autoscalingLimitMinCu": 10, "autoscalingLimitMaxCu": 18}, ["autoscalingLimitMaxCu"]),
        ({"autoscalingLimitMinCu": 4, "autoscalingLimitMaxCu": 2}, ["autoscalingLimitMaxCu"]),
        ({"autoscalingLimitMinCu": 0.75}, ["autoscalingLimitMinCu"]),
        ({"suspendTimeoutSeconds": 30}, ["suspendTimeoutSeconds"]),
    ],
)
def test_sizes_that_no_compute_has_are_refused(given: dict[str, float], keys: list[str]):
    assert [key for key, _ in setting_faults(given)] == keys


def test_every_page_of_projects_is_read():
    fake = Neon()
    with running(fake) as address:
        api = Api(Access(address, {"Authorization": f"Bearer {TOKEN}"}), threading.Event())
        api.call("POST", "/projects", {"project": {"name": "shop", "region_id": "aws-us-west-2"}})
        [made] = fake.state["projects"].values()
        for number in range(MOST_PROJECTS):
            fake.state["projects"][f"other-{number:05d}"] = {**made, "id": f"other-{number:05d}"}
        assert len({it["id"] for it in every_project(api, None)}) == MOST_PROJECTS + 1
