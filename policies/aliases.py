"""Names of one resource: what providers renamed or offer twice is judged under one type. Standard library only.

From the aliases that the SDKs themselves declare (`aliases=[pulumi.Alias(type_=...)]`), and from types that a
provider offers twice; a test holds this table to the SDKs.
"""

import re
from typing import Final

_BALANCERS: Final = re.compile(r"aws:(?:alb|applicationloadbalancing|elasticloadbalancingv2)/")
_BUCKETS: Final = re.compile(r"aws:s3/(bucket\w*)V2:\w+V2")
_RENAMED: Final = {
    "aws:s3/BucketObject:BucketObject": "aws:s3/bucketObjectv2:BucketObjectv2",
    "aws:s3/bucketObject:BucketObject": "aws:s3/bucketObjectv2:BucketObjectv2",
    "cloudflare:index/record:Record": "cloudflare:index/dnsRecord:DnsRecord",
    "grafana:index/contactPoint:ContactPoint": "grafana:alerting/contactPoint:ContactPoint",
    "grafana:index/messageTemplate:MessageTemplate": "grafana:alerting/messageTemplate:MessageTemplate",
    "grafana:index/ruleGroup:RuleGroup": "grafana:alerting/ruleGroup:RuleGroup",
    "grafana:index/dashboard:Dashboard": "grafana:oss/dashboard:Dashboard",
    "grafana:index/folder:Folder": "grafana:oss/folder:Folder",
}


def present_name(type_: str) -> str:
    """Return the type token under which rules know what `type_` makes; most are their own."""
    token = _BALANCERS.sub("aws:lb/", type_)
    if found := _BUCKETS.fullmatch(token):
        name = found[1]
        token = f"aws:s3/{name}:{name[0].upper()}{name[1:]}"
    return _RENAMED.get(token, token)
