"""Signals of what the load balancer itself does, from CloudWatch; those of requests are each service's own."""

from typing import Any

import pulumi

from components.aws.load_balancers import count, metric
from observability import Board, Signal, Signals
from observability.records.limits import over

FAILED_HANDSHAKES = 30
"""Failed TLS connections in a minute over which a ticket is written: a scanner makes fewer."""


def load_balancer_signals(arn_suffix: pulumi.Output[str], *, verifies: bool) -> Signals:
    """Return the signals of a load balancer that `verifies` the certificates of its callers, or not."""
    balancer = {"LoadBalancer": arn_suffix}
    return Signals(
        subject="Load balancer",
        signals=(*_refusals(balancer), *(_failed_handshakes(balancer) if verifies else ())),
    )


def _refusals(balancer: dict[str, Any]) -> tuple[Signal, ...]:
    return (
        Signal(
            id="service-balancer-errors",
            title="HTTP 5xx responses of the load balancer",
            description="HTTP 502, 503 and 504 in five minutes: no target answered, or not in time.",
            query=count(balancer, "HTTPCode_ELB_5XX_Count"),
            board=Board.ERRORS,
            unit="short",
            thresholds=over(ticket=5, page=100),
            runbook=(
                "502: a task closed the connection, its keep-alive is shorter than the idle timeout. 503: no "
                "healthy task. 504: a request took longer than `services.NAME.max_request_seconds`. The access "
                "log names the target group, and so the service."
            ),
        ),
        Signal(
            id="service-rejected-connections",
            title="Rejected connections",
            description="Connections in five minutes that the load balancer rejected at its connection limit.",
            query=count(balancer, "RejectedConnectionCount"),
            board=Board.ERRORS,
            unit="short",
            thresholds=over(page=0),
            runbook="Look for an attack at the edge first; the load balancer grows by itself within minutes.",
        ),
    )


def _failed_handshakes(balancer: dict[str, Any]) -> tuple[Signal, ...]:
    return (
        Signal(
            id="service-refused-callers",
            title="Client TLS negotiation errors",
            description="TLS handshakes in a minute that failed: clients without the edge's certificate.",
            query=metric(balancer, "ClientTLSNegotiationErrorCount", "Sum"),
            unit="short",
            thresholds=over(ticket=FAILED_HANDSHAKES),
            runbook=(
                "With HTTP 525 or 526 at the edge: its client certificate has expired or is of another authority; "
                "deploy the stack, which renews both. Without: somebody calls the load balancer past the edge, "
                "and is refused."
            ),
        ),
    )
