"""Health checks.

Parameters: https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
"""

from simulator.identity import arn
from simulator.moto_aws.kind import Call, Created, Kind, UnsupportedError, deletion, without
from wire_format import Properties

FEWEST_REGIONS = 3


def _config(inputs: Properties) -> Properties:
    regions = inputs.get("regions")
    if regions and len(regions) < FEWEST_REGIONS:
        raise UnsupportedError(f"given {len(regions)} regions of checkers, allowed {FEWEST_REGIONS} or more")
    config = without(inputs, "fqdn", "tags", "tagsAll", "referenceName")
    return {**config, **({"fullyQualifiedDomainName": inputs["fqdn"]} if inputs.get("fqdn") else {})}


def _create(call: Call, inputs: Properties) -> Created:
    reference = inputs.get("referenceName") or call.identity.hex(27)
    sent = {"healthCheckConfig": _config(inputs)}
    answer = call.send("route53", "create_health_check", sent, CallerReference=reference)
    found = answer["HealthCheck"]["Id"]
    return Created(found, {"arn": arn("route53", f"healthcheck/{found}", region=call.region)})


KINDS = {
    "aws:route53/healthCheck:HealthCheck": Kind(
        create=_create,
        delete=deletion("route53", "delete_health_check", "HealthCheckId"),
        update=lambda call, it, news: call.check(
            "route53", "update_health_check", _config(news), HealthCheckId=it.id
        ),
    )
}
