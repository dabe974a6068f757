"""The reference infrastructure as a plain Pulumi program: 61 shared resources and 15 for each copy of the API."""

import pulumi
import pulumi_aws as aws

from reference.alarms import alarms
from reference.data import database, redis
from reference.edge import edge
from reference.network import TAGS, network
from reference.service import Service, run, scale


def declare(services: int = 1) -> None:
    """Declare the infrastructure with `services` copies of the API, 61 + 15 each resources."""
    net = network()
    pooler_group = net.group("pooler")
    db = database(net, pooler_group)
    cache = redis(net)
    app_secret = aws.secretsmanager.Secret("app", tags=TAGS)
    containers = aws.ecs.ClusterSettingArgs(name="containerInsights", value="enabled")
    cluster = aws.ecs.Cluster("cluster", settings=[containers], tags=TAGS)
    pool = {"DB_HOST": db.main.address, "POOL_MODE": "transaction"}
    pooler = Service("pooler", 6432, "network", "edoburu/pgbouncer:1.22", pool, db.secret.arn)
    pooled = run(net, cluster, pooler, pooler_group, internal=True)
    hosts = {"DB_HOST": pooled.balancer.dns_name, "REDIS_HOST": cache.primary_endpoint_address}
    running = []
    for number in range(services):
        api = Service(f"api-{number}", 8080, "application", "example/api:1", hosts, app_secret.arn)
        running.append(run(net, cluster, api, net.group(api.name), internal=False))
        scale(api.name, cluster, running[-1].service)
    edge()
    alarms(db, cluster, running[0])
    pulumi.export("url", running[0].balancer.dns_name)


def parameters(count: int) -> None:
    """Declare `count` small resources, for the cost of one."""
    for number in range(count):
        aws.ssm.Parameter(
            f"parameter-{number}",
            type="String",
            name=f"/app/{number}",
            value=str(number),
            tags={"number": str(number)},
        )
