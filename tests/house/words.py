"""Titles of panels and alerts, held against the terms that a reader greps for."""

import re
from collections.abc import Mapping
from functools import cache

TERMS: Mapping[str, tuple[str, ...]] = {
    "https://www.postgresql.org/docs/current/monitoring-stats.html": (
        *("buffer cache", "checkpoint", "commit", "connection", "deadlock", "locks", "postgres_exporter", "query"),
        *(
            "replication",
            "rollback",
            "rolled back",
            "rows",
            "statement",
            "transaction",
            "wraparound",
            "autovacuum",
        ),
        *("autovacuum", "rpc", "function call", "parameter"),
    ),
    "https://www.pgbouncer.org/usage.html": (
        *(
            "client",
            "cl_waiting",
            "maxwait",
            "max_client_conn",
            "pgbouncer",
            "pool",
            "server connection",
            "pooler",
        ),
        "wait time",
    ),
    "https://redis.io/docs/latest/commands/info/": (
        *("command", "eviction", "hit ratio", "keys", "keyspace", "memory", "redis", "rejected connection"),
        *("redis_exporter", "hits and misses", "stampede"),
    ),
    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html": (
        *(
            "burst balance",
            "cpu",
            "credit",
            "ebs",
            "disk",
            "freeable memory",
            "iops",
            "latency",
            "replica lag",
            "storage",
        ),
        *("throughput",),
    ),
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html": (
        *(
            "healthy",
            "http 429",
            "http 4xx",
            "http 5xx",
            "load balancer",
            "target",
            "tls",
            "unhealthy",
            "5xx",
            "4xx",
        ),
    ),
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html": (
        *("desired", "running", "tasks", "cpu utilisation", "memory utilisation"),
    ),
    "https://sre.google/workbook/alerting-on-slos/": (
        *("availability", "burn rate", "error budget", "error rate", "error ratio", "latency", "objective", "slo"),
        *("request", "saturation", "success", "traffic", "p50", "p95", "p99", "percentile", "errors"),
    ),
    "https://prometheus.io/docs/concepts/jobs_instances/": (
        *(
            "exporter",
            "notifications",
            "remote write",
            "rule evaluation",
            "rule group",
            "samples",
            "scrape",
            "series",
        ),
        "up",
    ),
    "https://www.postgresql.org/docs/current/functions-info.html": ("postmaster start time",),
    "https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html": ("daystoexpiry",),
    "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-cloudwatch.html": ("healthcheckstatus",),
    "https://developers.cloudflare.com/analytics/": (
        *("bandwidth", "cache", "edge", "origin", "rate limit", "rate-limited", "zone", "hit ratio"),
    ),
    "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudfront-metrics.html": (
        *("bytes downloaded", "cloudfront", "origin latency"),
    ),
    "https://docs.sentry.io/product/issues/": (
        *("crash", "error events", "issue", "regression", "sentry", "transaction"),
    ),
    "https://opentelemetry.io/docs/specs/semconv/http/http-metrics/": (
        *("response time", "sign-in", "websocket", "session", "queue", "user", "write"),
    ),
}
"""Terms of the field by the page that has them, in lower case."""

PRIVATE = (
    "those there are",
    "from memory",
    "that answer",
    "look-ups",
    "told",
    "asked",
    "seed",
    "answers of",
    "for ever",
)
"""What only the makers of Footing called things."""


@cache
def titles() -> tuple[str, ...]:
    """Return the title of every record that a stack can have, once."""
    # Composes a stack, which takes seconds: only whoever asks for words pays for it.
    from footing.project import observed, stack_file
    from tests.observability.everything import everything

    stacks = (everything(), observed("staging", stack_file("staging", None)))
    records = [
        record.title
        for stack in stacks
        for component in stack.signals
        for record in (*component.signals, *component.objectives)
    ]
    return tuple(dict.fromkeys(records))


def titles_without_a_term() -> list[str]:
    """Return the titles in which no term of the field stands."""
    terms = {term for group in TERMS.values() for term in group}
    known = re.compile(rf"\b({'|'.join(map(re.escape, sorted(terms, key=len, reverse=True)))})s?\b", re.IGNORECASE)
    return [title for title in titles() if not known.search(title)]


def private_words() -> list[str]:
    """Return the titles with a word of the makers."""
    return [title for title in titles() if any(word in title.lower() for word in PRIVATE)]
