"""Load balancers, target groups, listeners and rules.

Parameters: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/
"""

from collections.abc import Mapping
from typing import Any

from simulator.identity import arn
from simulator.listener_rules import RULES_PER_BALANCER
from simulator.moto_aws.kind import (
    STAND_IN_CERTIFICATE_NAME,
    Call,
    Created,
    Existing,
    Kind,
    UnsupportedError,
    deletion,
    update_without_outputs,
    without,
)
from simulator.moto_aws.parameters import block
from wire_format import Properties, Value

_BALANCER_ATTRIBUTES = {
    "clientKeepAlive": "client_keep_alive.seconds",
    "desyncMitigationMode": "routing.http.desync_mitigation_mode",
    "dnsRecordClientRoutingPolicy": "dns_record.client_routing_policy",
    "dropInvalidHeaderFields": "routing.http.drop_invalid_header_fields.enabled",
    "enableCrossZoneLoadBalancing": "load_balancing.cross_zone.enabled",
    "enableDeletionProtection": "deletion_protection.enabled",
    "enableHttp2": "routing.http2.enabled",
    "enableTlsVersionAndCipherSuiteHeaders": "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
    "enableWafFailOpen": "waf.fail_open.enabled",
    "enableXffClientPort": "routing.http.xff_client_port.enabled",
    "enableZonalShift": "zonal_shift.config.enabled",
    "idleTimeout": "idle_timeout.timeout_seconds",
    "preserveHostHeader": "routing.http.preserve_host_header.enabled",
    "xffHeaderProcessingMode": "routing.http.xff_header_processing.mode",
}
_TARGET_ATTRIBUTES = {
    "connectionTermination": "deregistration_delay.connection_termination.enabled",
    "deregistrationDelay": "deregistration_delay.timeout_seconds",
    "lambdaMultiValueHeadersEnabled": "lambda.multi_value_headers.enabled",
    "loadBalancingAlgorithmType": "load_balancing.algorithm.type",
    "loadBalancingAnomalyMitigation": "load_balancing.algorithm.anomaly_mitigation",
    "loadBalancingCrossZoneEnabled": "load_balancing.cross_zone.enabled",
    "preserveClientIp": "preserve_client_ip.enabled",
    "proxyProtocolV2": "proxy_protocol_v2.enabled",
    "slowStart": "slow_start.duration_seconds",
}
_HEALTH = {
    "enabled": "HealthCheckEnabled",
    "healthyThreshold": "HealthyThresholdCount",
    "interval": "HealthCheckIntervalSeconds",
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "timeout": "HealthCheckTimeoutSeconds",
    "unhealthyThreshold": "UnhealthyThresholdCount",
}
# https://docs.aws.amazon.com/general/latest/gr/elb.html, us-east-1
_ZONES = {"application": "Z35SXDOTRQ7X7K", "network": "Z26RNL4JYFTOTI"}


def _attributes(inputs: Properties, names: Mapping[str, str]) -> list[dict[str, str]]:
    found = {key: inputs[name] for name, key in names.items() if inputs.get(name) is not None}
    for kind in ("access", "connection"):
        logs = inputs.get(f"{kind}Logs") or {}
        found |= {f"{kind}_logs.s3.{name}": value for name, value in logs.items() if value is not None}
    return [{"Key": key, "Value": _text(value)} for key, value in sorted(found.items())]


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _create_balancer(call: Call, inputs: Properties) -> Created:
    kind = inputs.get("loadBalancerType") or "application"
    sent = without(inputs, "internal")
    scheme = "internal" if inputs.get("internal") else "internet-facing"
    made = call.send("elbv2", "create_load_balancer", sent, Scheme=scheme, Type=kind)["LoadBalancers"][0]
    _set_balancer(call, made["LoadBalancerArn"], inputs)
    zones = made.get("AvailabilityZones") or []
    outputs = {
        "arn": made["LoadBalancerArn"],
        "arnSuffix": made["LoadBalancerArn"].split(":loadbalancer/", 1)[1],
        "dnsName": made["DNSName"],
        "internal": inputs.get("internal", False),
        "ipAddressType": inputs.get("ipAddressType") or "ipv4",
        "securityGroups": inputs.get("securityGroups") or [],
        "subnets": inputs.get("subnets") or sorted(zone["SubnetId"] for zone in zones),
        "vpcId": made.get("VpcId", ""),
        "zoneId": _ZONES.get(kind, ""),
    }
    return Created(made["LoadBalancerArn"], outputs)


def _set_balancer(call: Call, name: str, inputs: Properties) -> None:
    attributes = _attributes(inputs, _BALANCER_ATTRIBUTES)
    if attributes:
        client = call.client("elbv2")
        client.modify_load_balancer_attributes(LoadBalancerArn=name, Attributes=attributes)


def _update_balancer(call: Call, existing: Existing, news: Properties) -> None:
    _set_balancer(call, existing.id, news)
    for name, operation in (("securityGroups", "set_security_groups"), ("subnets", "set_subnets")):
        if news.get(name) is not None and news[name] != existing.inputs.get(name):
            call.send("elbv2", operation, {name: news[name]}, LoadBalancerArn=existing.id)


def _health(inputs: Properties) -> dict[str, Any]:
    given = inputs.get("healthCheck") or {}
    found: dict[str, Any] = {key: given[name] for name, key in _HEALTH.items() if given.get(name) is not None}
    if given.get("matcher"):
        code = "GrpcCode" if inputs.get("protocolVersion") == "GRPC" else "HttpCode"
        found["Matcher"] = {code: given["matcher"]}
    return found


def _create_targets(call: Call, inputs: Properties) -> Created:
    sent = without(inputs, "healthCheck")
    made = call.send("elbv2", "create_target_group", sent, **_health(inputs))["TargetGroups"][0]
    name = made["TargetGroupArn"]
    _set_targets(call, name, inputs)
    outputs = {"arn": name, "arnSuffix": name.rsplit(":", 1)[1], "loadBalancerArns": []}
    return Created(name, outputs)


def _set_targets(call: Call, name: str, inputs: Properties) -> None:
    attributes = _attributes(inputs, _TARGET_ATTRIBUTES)
    given = inputs.get("stickiness")
    if given:
        kind = given["type"]
        found = {
            "stickiness.enabled": given.get("enabled", True),
            "stickiness.type": kind,
            f"stickiness.{kind}.duration_seconds": given.get("cookieDuration"),
            "stickiness.app_cookie.cookie_name": given.get("cookieName") or None,
        }
        attributes += [{"Key": key, "Value": _text(value)} for key, value in found.items() if value is not None]
    if attributes:
        call.client("elbv2").modify_target_group_attributes(TargetGroupArn=name, Attributes=attributes)


def _update_targets(call: Call, existing: Existing, news: Properties) -> None:
    if health := _health(news):
        call.client("elbv2").modify_target_group(TargetGroupArn=existing.id, **health)
    _set_targets(call, existing.id, news)


def _action(given: Properties, order: int) -> Properties:
    action: Properties = {"Type": given["type"], "Order": given.get("order") or order}
    if given.get("targetGroupArn"):
        action["TargetGroupArn"] = given["targetGroupArn"]
    if given.get("forward"):
        targets = [
            {"TargetGroupArn": item["arn"], **({"Weight": item["weight"]} if "weight" in item else {})}
            for item in given["forward"]["targetGroups"]
        ]
        action["ForwardConfig"] = {"TargetGroups": targets}
        if sticky := given["forward"].get("stickiness"):
            config = {"Enabled": sticky.get("enabled", False), "DurationSeconds": sticky["duration"]}
            action["ForwardConfig"]["TargetGroupStickinessConfig"] = config
    for name in ("redirect", "fixedResponse", "authenticateCognito", "authenticateOidc"):
        if given.get(name):
            default = {"StatusCode": "200"} if name == "fixedResponse" else {}
            action[f"{name[0].upper()}{name[1:]}Config"] = {**default, **block(given[name])}
    return action


def _create_listener(call: Call, inputs: Properties) -> Created:
    made = _send_listener(call, "create_listener", inputs, {})
    name = made["ListenerArn"]
    outputs = {"arn": name, "protocol": made.get("Protocol"), "sslPolicy": made.get("SslPolicy") or ""}
    return Created(name, outputs)


def _send_listener(call: Call, operation: str, inputs: Properties, fixed: dict[str, Any]) -> dict[str, Any]:
    sent = without(inputs, "defaultActions")
    actions = [_action(item, at) for at, item in enumerate(inputs["defaultActions"], start=1)]
    fixed = {"DefaultActions": actions, **fixed}
    given, known = inputs.get("certificateArn"), {}
    if given:
        fixed["Certificates"] = [{"CertificateArn": given}]
        # moto looks a certificate up; ours is recorded only, or from elsewhere: one that moto holds stands for it.
        stand_in = arn("iam", f"server-certificate/{STAND_IN_CERTIFICATE_NAME}", region=call.region)
        known = {"Certificates": [{"CertificateArn": stand_in}]}
    call.check("elbv2", operation, sent, **fixed)
    made: dict[str, Any] = call.send("elbv2", operation, sent, **{**fixed, **known})["Listeners"][0]
    return made


_CONDITIONS = {
    "hostHeader": "host-header",
    "httpHeader": "http-header",
    "httpRequestMethod": "http-request-method",
    "pathPattern": "path-pattern",
    "queryStrings": "query-string",
    "sourceIp": "source-ip",
}


def _rule(inputs: Properties) -> dict[str, Any]:
    conditions = []
    for given in inputs["conditions"]:
        name = next(name for name in _CONDITIONS if given.get(name))
        if name == "queryStrings":
            values = [{key.capitalize(): value for key, value in item.items() if value} for item in given[name]]
            config = {"QueryStringConfig": {"Values": values}}
        else:
            config = {f"{name[0].upper()}{name[1:]}Config": block(given[name])}
        conditions.append({"Field": _CONDITIONS[name], **config})
    actions = [_action(item, at) for at, item in enumerate(inputs["actions"], start=1)]
    return {"Actions": actions, "Conditions": conditions}


def _create_rule(call: Call, inputs: Properties) -> Created:
    priority = inputs.get("priority") or call.identity.number("priority") % 50_000
    fixed = {"ListenerArn": inputs["listenerArn"], "Priority": priority, **_rule(inputs)}
    client = call.client("elbv2")
    [found] = client.describe_listeners(ListenerArns=[inputs["listenerArn"]])["Listeners"]
    listeners = client.describe_listeners(LoadBalancerArn=found["LoadBalancerArn"])["Listeners"]
    rules = [it for one in listeners for it in client.describe_rules(ListenerArn=one["ListenerArn"])["Rules"]]
    if sum(not it["IsDefault"] for it in rules) >= RULES_PER_BALANCER:
        raise UnsupportedError(f"TooManyRules: given one more rule, allowed {RULES_PER_BALANCER} a load balancer")
    made = call.send("elbv2", "create_rule", {"tags": inputs.get("tags")}, **fixed)["Rules"][0]
    return Created(made["RuleArn"], {"arn": made["RuleArn"], "priority": priority})


def _add_certificate(call: Call, inputs: Properties) -> Created:
    certificates = [{"CertificateArn": inputs["certificateArn"]}]
    call.client("elbv2").add_listener_certificates(ListenerArn=inputs["listenerArn"], Certificates=certificates)
    return Created(f"{inputs['listenerArn']}_{inputs['certificateArn']}")


def _update_rule(call: Call, existing: Existing, news: Properties) -> None:
    client = call.client("elbv2")
    client.modify_rule(RuleArn=existing.id, **_rule(news))
    if news.get("priority") not in {None, existing.outputs.get("priority")}:
        client.set_rule_priorities(RulePriorities=[{"RuleArn": existing.id, "Priority": news["priority"]}])


KINDS = {
    "aws:lb/listener:Listener": Kind(
        create=_create_listener,
        delete=deletion("elbv2", "delete_listener", "ListenerArn"),
        update=update_without_outputs(
            lambda call, it, news: _send_listener(call, "modify_listener", news, {"ListenerArn": it.id})
        ),
    ),
    "aws:lb/listenerCertificate:ListenerCertificate": Kind(
        create=_add_certificate,
        delete=deletion(
            "elbv2",
            "remove_listener_certificates",
            lambda it: {
                "ListenerArn": it.inputs["listenerArn"],
                "Certificates": [{"CertificateArn": it.inputs["certificateArn"]}],
            },
        ),
    ),
    "aws:lb/listenerRule:ListenerRule": Kind(
        create=_create_rule, delete=deletion("elbv2", "delete_rule", "RuleArn"), update=_update_rule
    ),
    "aws:lb/loadBalancer:LoadBalancer": Kind(
        create=_create_balancer,
        delete=deletion("elbv2", "delete_load_balancer", "LoadBalancerArn"),
        update=_update_balancer,
    ),
    "aws:lb/targetGroup:TargetGroup": Kind(
        create=_create_targets,
        delete=deletion("elbv2", "delete_target_group", "TargetGroupArn"),
        update=_update_targets,
    ),
}
