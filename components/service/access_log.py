"""Access log of the load balancer: a private bucket whose objects expire."""

import pulumi
import pulumi_aws as aws

from components.aws.buckets import BucketRules, PrivateBucket, delivery
from components.service.args import ServiceArgs

DELIVERY = "logdelivery.elasticloadbalancing.amazonaws.com"
"""The service that writes the log.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
"""


def make_access_log(
    name: str, args: ServiceArgs, opts: pulumi.ResourceOptions, kept: pulumi.ResourceOptions | None
) -> aws.lb.LoadBalancerAccessLogsArgsDict:
    """Return the `access_logs` block of the load balancer, with its bucket made; disabled without days.

    `kept` are the bucket's own options.
    """
    if args.balancer.access_log_days is None:
        return {"bucket": "", "enabled": False}
    rules = BucketRules(noncurrent_days=1, expire_days=args.balancer.access_log_days)
    log = PrivateBucket(f"{name}-log", f"{args.service_name}-access", rules, opts, kept=kept)
    # The name of the load balancer comes after its log's bucket: any of this account, in this region.
    account = pulumi.Output.from_input(args.cluster.arn).apply(lambda arn: arn.split(":")[4])
    balancers = pulumi.Output.concat("arn:aws:elasticloadbalancing:", args.region, ":", account, ":loadbalancer/*")
    policy = log.admit(delivery(DELIVERY, log.bucket.arn, [balancers]))
    # From the policy: AWS writes a test object before it accepts the bucket.
    return {"bucket": policy.bucket, "enabled": True}
