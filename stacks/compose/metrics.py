"""Metrics: the store, the collectors that write to it, and the rules that it evaluates.

The store comes before what it collects from, its rules after, for they are made from the components' signals.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pulumi
from msgspec import Struct

from components.alarms.component import Alarms
from components.alloy.sidecar import CollectingArgs, RemoteWrite
from components.aws.placement import ClusterRef, NetworkRef
from components.collector.args import (
    CloudflareExporterArgs,
    CollectorArgs,
    PostgresExporterArgs,
    PostgresExporterImages,
    RedisExporterArgs,
)
from components.collector.service import Collector
from components.domain import Domain
from components.postgres.store import PostgresStore
from components.redis.store import RedisStore
from observability import Severity, Signals
from observability.alerting.rules import RULES_PER_GROUP, groups, recordings_alone, split, to_yaml
from observability.routing.alertmanager import definition
from stacks.alert_identity import alert_identity
from stacks.compose.stack import Stack, task
from stacks.config.metrics import (
    EXPORTER_CONNECTIONS,
    AmpStore,
    ExternalStore,
    GrafanaCloudStore,
    SelfHostedStore,
    sends_alerts,
)

if TYPE_CHECKING:
    from components.monitoring.host import MonitoringHost


class MetricsStore(Struct, frozen=True, kw_only=True):
    """The store of a stack."""

    collecting: CollectingArgs | None = None
    """How tasks write to it; None where nothing is collected."""
    query_url: pulumi.Output[str] | None = None
    """Address of a data source, where it is known here."""
    workspace_id: pulumi.Output[str] | None = None
    """The workspace at Amazon, if it is one."""
    host: "MonitoringHost | None" = None
    """The machine of our own, if it is one."""


def make_store(stack: Stack, network: NetworkRef | None) -> MetricsStore:
    """Make the store of the configuration. Each kind is imported by itself, so that no unused SDK is loaded."""
    match store := stack.config.metrics.store:
        case ExternalStore():
            url = store.remote_write_url
            return MetricsStore(collecting=_collecting(stack, RemoteWrite(url=url)) if url else None)
        case AmpStore():
            return _amp(stack, store)
        case GrafanaCloudStore():
            return _grafana_cloud(stack, store)
        case SelfHostedStore():
            assert network is not None  # noqa: S101  the machine is in it
            return _self_hosted(stack, network, store)


def _collecting(stack: Stack, remote_write: RemoteWrite) -> CollectingArgs:
    metrics = stack.config.metrics
    return CollectingArgs(
        image=metrics.collector.image,
        environment=stack.config.environment,
        interval_seconds=metrics.scrape_interval_seconds,
        store=remote_write,
    )


def _amp(stack: Stack, store: AmpStore) -> MetricsStore:
    from components.amp import ManagedPrometheus, ManagedPrometheusArgs

    workspace = ManagedPrometheus(
        "metrics",
        ManagedPrometheusArgs(
            alias=stack.names.of("metrics"),
            retention_days=store.retention_days,
            log_retention_days=stack.config.logs.retention_days,
            kms_key_arn=store.kms_key_arn,
            protect=store.protect,
        ),
        stack.opts,
    )
    remote_write = RemoteWrite(
        url=workspace.remote_write_url, signing_region=stack.config.region, write_policy=workspace.write_policy
    )
    return MetricsStore(
        collecting=_collecting(stack, remote_write),
        query_url=workspace.query_url,
        workspace_id=workspace.workspace_id,
    )


def _grafana_cloud(stack: Stack, store: GrafanaCloudStore) -> MetricsStore:
    import pulumiverse_grafana as grafana

    from components.grafana_cloud import GrafanaCloud, GrafanaCloudArgs

    organization = grafana.Provider(
        "grafana-cloud", cloud_access_policy_token=stack.secrets[store.access_policy_token_secret]
    )
    given = stack.opts.providers or []
    providers = [*(given.values() if isinstance(given, Mapping) else given), organization]
    cloud = GrafanaCloud(
        "metrics",
        GrafanaCloudArgs(
            slug=store.slug,
            region=store.cloud_region,
            token_days=store.token_days,
            in_aws=stack.config.in_network,
            protect=store.protect,
        ),
        pulumi.ResourceOptions(providers=providers),
    )
    remote_write = RemoteWrite(
        url=cloud.remote_write_url,
        user=cloud.remote_write_user,
        token=cloud.token,
        token_secret_arn=cloud.token_secret_arn if stack.config.in_network else None,
        token_secret_version_id=cloud.token_secret_version_id,
    )
    return MetricsStore(collecting=_collecting(stack, remote_write), query_url=cloud.query_url)


def _self_hosted(stack: Stack, network: NetworkRef, store: SelfHostedStore) -> MetricsStore:
    from components.monitoring.args import MonitoringHostArgs
    from components.monitoring.host import MonitoringHost

    host = MonitoringHost(
        "metrics",
        MonitoringHostArgs(
            cluster_name=stack.names.of("metrics"),
            service_name=stack.names.of("metrics"),
            instance_type=store.instance_type,
            storage_gib=store.storage_gib,
            kms_key_arn=store.kms_key_arn,
            zone=stack.config.zones[0],
            subnet_id=pulumi.Output.from_input(network.placement.subnet_ids)[0],
            vpc_id=network.placement.vpc_id,
            routes=network.placement.routes,
            upstreams=network.upstreams,
            protect=store.protect,
        ),
        stack.opts,
    )
    remote_write = RemoteWrite(url=host.remote_write_url, upstreams=[host.upstream])
    return MetricsStore(collecting=_collecting(stack, remote_write), query_url=host.query_url, host=host)


def make_collector(
    stack: Stack,
    network: NetworkRef | None,
    cluster: ClusterRef | None,
    postgres: PostgresStore | None,
    stores: Mapping[str, RedisStore],
    domain: Domain | None,
    store: MetricsStore,
) -> Collector | None:
    """Make the task of the exporters; None where there are none."""
    metrics, pooler = stack.config.metrics, stack.config.own_pooler
    images, token_secret = metrics.collector, metrics.cloudflare_token_secret
    if store.collecting is None or not metrics.exporters or network is None or cluster is None:
        return None
    redis = stores.get(stack.config.exported_store or "")
    return Collector(
        "collector",
        CollectorArgs(
            service_name=stack.names.of("collector"),
            collecting=store.collecting,
            task=task(stack, images.task),
            postgres=(
                PostgresExporterArgs(
                    database=postgres.endpoint,
                    connections=EXPORTER_CONNECTIONS,
                    images=PostgresExporterImages(
                        exporter=images.postgres_exporter_image,
                        psql=images.postgres_client_image,
                        curl=pooler.prepare_image,
                    ),
                    authorities_url=pooler.authorities_url,
                )
                if "postgres" in metrics.exporters and pooler and postgres and postgres.endpoint is not None
                else None
            ),
            redis=(
                RedisExporterArgs(
                    image=images.redis_exporter_image, url=redis.url, upstreams=list(redis.upstreams)
                )
                if "redis" in metrics.exporters and redis is not None and redis.url is not None
                else None
            ),
            cloudflare=(
                CloudflareExporterArgs(
                    image=images.cloudflare_exporter_image,
                    token=None if token_secret is None else stack.secrets[token_secret],
                    token_secret_arn=metrics.cloudflare_token_secret_arn,
                    zone_id=domain.zone_id,
                )
                if "cloudflare" in metrics.exporters and domain is not None
                else None
            ),
            cluster=cluster,
            placement=network.placement,
            region=stack.config.region,
            upstreams=network.upstreams,
        ),
        stack.opts,
    )


def metrics_outputs(store: MetricsStore) -> Mapping[str, pulumi.Input[str]]:
    """Return the stack's outputs about its metrics."""
    return {} if store.query_url is None else {"metrics_query_url": store.query_url}


def make_rules(
    stack: Stack,
    store: MetricsStore,
    signals: Sequence[Signals],
    alarms: Alarms | None,
    needed: Sequence[pulumi.Resource],
) -> None:
    """Make the rules that the store evaluates: recordings, and the alerts where Grafana does not evaluate them."""
    alerts = sends_alerts(stack.config.metrics.store)
    rule_groups = groups if alerts else recordings_alone
    every = rule_groups(signals, alert_identity(stack.config))
    if store.workspace_id is not None:
        region, grafana = stack.config.region, stack.config.grafana
        url = grafana.url if grafana else ""
        # A topic for each severity.
        routes = (
            pulumi.Output.all(page=alarms.page_topic_arn, ticket=alarms.ticket_topic_arn).apply(
                lambda arns: definition(
                    {Severity.PAGE: arns["page"], Severity.TICKET: arns["ticket"]}, region=region, grafana_url=url
                )
            )
            if alerts and alarms
            else None
        )
        from components.amp import ManagedPrometheusRules, ManagedPrometheusRulesArgs

        ManagedPrometheusRules(
            "metrics-rules",
            ManagedPrometheusRulesArgs(
                workspace_id=store.workspace_id,
                namespace=stack.names.prefix,
                rules=to_yaml(split(every, RULES_PER_GROUP)),
                needed=needed,
                alertmanager=routes,
            ),
            stack.opts,
        )
    if store.host is not None:
        _make_servers(stack, store.host, to_yaml(every))


def _make_servers(stack: Stack, host: "MonitoringHost", rules: str) -> None:
    from components.monitoring.args import MonitoringImages, MonitoringServersArgs
    from components.monitoring.servers import MonitoringServers

    store = stack.config.metrics.store
    if not isinstance(store, SelfHostedStore):
        return
    MonitoringServers(
        "metrics-servers",
        MonitoringServersArgs(
            service_name=stack.names.of("metrics"),
            placement=host.placement,
            retention_days=store.retention_days,
            log_retention_days=stack.config.logs.retention_days,
            evaluation_interval_seconds=stack.config.alerts.evaluation_interval_seconds,
            rules=rules,
            images=MonitoringImages(prometheus=store.prometheus_image, grafana=store.grafana_image),
            region=stack.config.region,
        ),
        stack.opts,
    )
