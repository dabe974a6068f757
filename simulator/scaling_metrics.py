"""What Application Auto Scaling refuses of the metric that a policy tracks.

https://docs.aws.amazon.com/autoscaling/application/APIReference/API_CustomizedMetricSpecification.html and
https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html,
reviewed on 2026-11-26.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from simulator.validate import Failure
from wire_format import Properties, Value, is_unknown

_TRACKING = "targetTrackingScalingPolicyConfiguration"
_METRICS = f"{_TRACKING}.customizedMetricSpecification"
_QUERIES = 10
_ID = re.compile(r"[a-z][a-zA-Z0-9_]{0,254}")


def policy_faults(inputs: Properties) -> Iterator[Failure]:
    """Yield what is refused of a scaling policy, by the property's path."""
    tracking = inputs.get(_TRACKING)
    if inputs.get("policyType") == "TargetTrackingScaling" and tracking is None:
        yield Failure(_TRACKING, "given nothing, allowed a metric and its target for TargetTrackingScaling")
    if not isinstance(tracking, Mapping) or is_unknown(tracking):
        return
    custom, ready = tracking.get("customizedMetricSpecification"), tracking.get("predefinedMetricSpecification")
    if (custom is None) == (ready is None):
        yield Failure(
            _TRACKING,
            f"given {'neither' if custom is None else 'both'} of customizedMetricSpecification and "
            "predefinedMetricSpecification, allowed one of them",
        )
    if not isinstance(custom, Mapping):
        return
    single = [name for name in ("metricName", "namespace", "statistic") if custom.get(name) is not None]
    queries = custom.get("metrics")
    if bool(single) == bool(queries) or (single and len(single) < 3):
        yield Failure(_METRICS, "given another set, allowed metricName, namespace and statistic, or metrics alone")
    if isinstance(queries, list):
        yield from (Failure(f"{_METRICS}.metrics", fault) for fault in _math(queries))


def _math(queries: Sequence[Mapping[str, Value]]) -> Iterator[str]:
    if len(queries) > _QUERIES:
        yield f"given {len(queries)} metrics and expressions, allowed {_QUERIES}"
    names = [str(it.get("id")) for it in queries]
    for query, name in zip(queries, names, strict=True):
        if not _ID.fullmatch(name) or names.count(name) > 1:
            yield f"given the id {name!r}, allowed one that is there once and begins with a small letter"
        if (query.get("expression") is None) == (query.get("metricStat") is None):
            yield f"{name}: given both or neither, allowed an expression or a metricStat"
        text = query.get("expression")
        if isinstance(text, str) and not is_unknown(text):
            plain = re.sub(r"'[^']*'|\"[^\"]*\"", "", text)
            used = re.findall(r"(?<![\w.])[a-z]\w*", plain)
            yield from (f"{name}: uses {it!r}, allowed {', '.join(names)}" for it in used if it not in names)
            if plain.count("(") != plain.count(")"):
                yield f"{name}: given brackets that do not close, allowed as many as are opened"
    returned = [name for query, name in zip(queries, names, strict=True) if query.get("returnData", True)]
    if len(returned) != 1:
        yield f"given {len(returned)} that return data, allowed one: returnData is true where it is not given"
