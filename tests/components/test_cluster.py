from components.cluster import Cluster, ClusterArgs
from tests.components.recording import record_component


def test_cluster_is_named_watched_and_may_run_spot_tasks():
    recorded = record_component(lambda: Cluster("cluster", ClusterArgs(cluster_name="shop-staging")))
    cluster = recorded.one("Cluster", "cluster-ecs").inputs
    assert cluster == {"name": "shop-staging", "settings": [{"name": "containerInsights", "value": "enabled"}]}
    providers = recorded.one("ClusterCapacityProviders").inputs
    assert providers["clusterName"] == "shop-staging"
    assert providers["capacityProviders"] == ["FARGATE", "FARGATE_SPOT"]
    # Each service names its own capacity; a default would hide one that does not.
    assert "defaultCapacityProviderStrategies" not in providers
    assert recorded.outputs["cluster_name"] == "shop-staging"
