"""Rules of load balancers."""

from functools import partial
from typing import Final

from policies.judgement import NOT_APPLICABLE, PASSED, Judgement, decide, fail, undecided
from policies.resource import Resource
from policies.rule import IN_PRODUCTION, Rule, Severity
from policies.rules.reading import at, both, flag, is_text, items, must, only, text, truth, unreadable, where, word

LISTENER = "aws:lb/listener:Listener"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
TARGET = "aws:lb/targetGroup:TargetGroup"
DOCS = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application"
MODERN_TLS: Final = (
    *("ELBSecurityPolicy-TLS13-1-2-", "ELBSecurityPolicy-TLS13-1-3-", "ELBSecurityPolicy-TLS-1-2-"),
    "ELBSecurityPolicy-FS-1-2-",
)
"""Beginnings of the policies without TLS 1.0 and 1.1; ELB's default, of 2016, has both."""
DEFENSIVE: Final = ("defensive", "strictest")
HTTP, ENCRYPTED = ("HTTP", "HTTPS"), ("HTTPS", "TLS")


def _only_redirects(listener: Resource) -> Judgement:
    protocol = listener.get("protocol", "HTTP")
    if unreadable(protocol):
        return undecided("protocol")
    if protocol != "HTTP":
        known = protocol in ("TCP", "UDP", "TCP_UDP", "GENEVE", "QUIC", "TCP_QUIC")
        other = NOT_APPLICABLE if known else fail("another protocol", "HTTPS")
        return PASSED if protocol in ENCRYPTED else other
    actions = items(listener.get("defaultActions"))
    parts = [(it, at(it, "type"), at(it, "redirect"), at(it, "redirect", "protocol")) for it in actions]
    return decide(
        "defaultActions",
        "HTTP that is answered",
        "HTTP that is redirected to HTTPS alone",
        holds=bool(parts) and all((type_, to) == ("redirect", "HTTPS") for _, type_, _, to in parts),
        doubtful=any(unreadable(*part) for part in parts),
    )


def _has_health_path(group: Resource) -> Judgement:
    check = group.get("healthCheck")
    if unreadable(check, at(check, "enabled")):
        return undecided("healthCheck")
    if truth(at(check, "enabled")) is False:
        return fail("healthCheck.enabled false", "a healthCheck")
    return PASSED if is_text(at(check, "path")) else fail("no healthCheck.path", "a path")


_listener = partial(Rule, types=frozenset({LISTENER}))
_balancer = partial(Rule, types=frozenset({BALANCER}))
_application = partial(
    only,
    where("loadBalancerType", lambda kind: kind not in ("network", "gateway"), default="application"),
    what="the kind of load balancer",
)
_balancer_medium_in_production = partial(_balancer, levels=IN_PRODUCTION, severity=Severity.MEDIUM)

RULES: Final = (
    _listener(
        id="balancer-https",
        title="HTTP is only redirected to HTTPS",
        why="a request in the clear shows its cookies to everybody on the way",
        source=f"{DOCS}/create-https-listener.html",
        remedy="Make the default action of the HTTP listener a redirect to HTTPS.",
        severity=Severity.CRITICAL,
        controls=("CKV_AWS_2", "CKV_AWS_103", "CKV2_AWS_20", "AWS-0054"),
        waivable=False,
        check=_only_redirects,
    ),
    _listener(
        id="balancer-tls-version",
        title="Load balancers speak TLS 1.2 and later",
        why="TLS 1.0 and 1.1 are broken, and every client in use speaks 1.2",
        source=f"{DOCS}/describe-ssl-policies.html",
        remedy="Set sslPolicy to ELBSecurityPolicy-TLS13-1-2-2021-06.",
        controls=("CKV_AWS_103", "CKV2_AWS_74", "AWS-0047"),
        check=only(
            where("protocol", lambda protocol: protocol in ENCRYPTED),
            must(
                "sslPolicy",
                hold=lambda policy: isinstance(policy, str) and policy.startswith(MODERN_TLS),
                required="TLS 1.2 and later",
                observed=lambda policy: (
                    "no sslPolicy" if policy is None else "an sslPolicy with old versions of TLS"
                ),
            ),
            what="protocol",
        ),
    ),
    _balancer(
        id="balancer-invalid-headers",
        title="Load balancers drop headers that are not valid",
        why="a server that reads them otherwise can be tricked into another request",
        source=f"{DOCS}/edit-load-balancer-attributes.html",
        remedy="Set dropInvalidHeaderFields.",
        severity=Severity.MEDIUM,
        controls=("CKV_AWS_131", "AWS-0052"),
        check=_application(flag("dropInvalidHeaderFields")),
    ),
    _balancer(
        id="balancer-desync",
        title="Load balancers refuse requests that can be read in two ways",
        why="one visitor could receive the answer to another",
        source=f"{DOCS}/edit-load-balancer-attributes.html",
        remedy="Set desyncMitigationMode to defensive or strictest.",
        controls=("CKV_AWS_328",),
        check=_application(
            word("desyncMitigationMode", allowed=DEFENSIVE, default="defensive", known=("monitor",))
        ),
    ),
    _balancer_medium_in_production(
        id="balancer-cross-zone",
        title="Network load balancers reach the targets of every zone",
        why="a zone without a healthy target answers nobody who resolved its address",
        source="https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-load-balancer-attributes.html",
        remedy="Set enableCrossZoneLoadBalancing.",
        controls=("CKV_AWS_152",),
        check=only(
            where("loadBalancerType", lambda kind: kind == "network", default="application"),
            flag("enableCrossZoneLoadBalancing"),
            what="the kind of load balancer",
        ),
    ),
    _balancer_medium_in_production(
        id="balancer-access-logs",
        title="Load balancers log every request",
        why="nobody can tell afterwards what was asked, and by whom",
        source=f"{DOCS}/load-balancer-access-logs.html",
        remedy="Set accessLogs with enabled and a bucket.",
        keys=("load_balancer.access_log_days",),
        controls=("CKV_AWS_91",),
        check=_application(both(flag("accessLogs", "enabled"), text("accessLogs", "bucket"))),
    ),
    _balancer_medium_in_production(
        id="balancer-deletion-protection",
        title="ELB refuses to delete the load balancer",
        why="a new one has another name, and every client and DNS record points to the old",
        source=f"{DOCS}/edit-load-balancer-attributes.html",
        remedy="Set enableDeletionProtection.",
        keys=("load_balancer.protect", "database.protect"),
        controls=("CKV_AWS_150",),
        check=flag("enableDeletionProtection"),
    ),
    Rule(
        id="target-health-check",
        title="Targets are asked for their health on a path of their own",
        why="ELB would ask for /, and a broken program may answer it",
        source=f"{DOCS}/target-group-health-checks.html",
        remedy="Set healthCheck.path.",
        keys=("services.NAME.health_path",),
        controls=("CKV_AWS_261",),
        types=frozenset({TARGET}),
        check=only(where("protocol", lambda protocol: protocol in HTTP), _has_health_path, what="protocol"),
    ),
)
