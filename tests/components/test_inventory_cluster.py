from components.cluster import Cluster, ClusterArgs
from tests.components.inventory import inventory
from tests.components.recording import record_component

CLUSTER = {
    "Cluster/cluster-ecs": {"name": "shop", "settings": [{"name": "containerInsights", "value": "enabled"}]},
    "ClusterCapacityProviders/cluster-fargate": {
        "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
        "clusterName": "shop",
    },
}


def test_cluster_is_as_written_down():
    assert inventory(record_component(lambda: Cluster("cluster", ClusterArgs(cluster_name="shop")))) == CLUSTER
