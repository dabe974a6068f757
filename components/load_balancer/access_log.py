"""Access log of the load balancer: a private bucket whose objects expire."""

import pulumi
import pulumi_aws as aws

from components.aws.buckets import BucketRules, PrivateBucket, delivery
from components.aws.partition import partition
from components.load_balancer.args import LoadBalancerArgs

DELIVERY = "logdelivery.elasticloadbalancing.amazonaws.com"
"""The service that writes the log.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
"""


def make_access_log(
    name: str, args: LoadBalancerArgs, opts: pulumi.ResourceOptions, kept: pulumi.ResourceOptions | None
) -> aws.lb.LoadBalancerAccessLogsArgsDict:
    """Return the `access_logs` block of the load balancer, with its bucket made; disabled without days.

    `kept` are the bucket's own options.
    """
    if args.access_log_days is None:
        return {"bucket": "", "enabled": False}
    rules = BucketRules(noncurrent_days=1, expire_days=args.access_log_days)
    log = PrivateBucket(f"{name}-log", f"{args.load_balancer_name}-access", rules, opts, kept=kept)
    # The name of the load balancer comes after its log's bucket: any of this account, in this region.
    prefix = f"arn:{partition(args.region)}:elasticloadbalancing:{args.region}:"
    balancers = pulumi.Output.concat(prefix, args.account_id, ":loadbalancer/*")
    policy = log.admit(delivery(DELIVERY, log.bucket.arn, [balancers]))
    # From the policy: AWS writes a test object before it accepts the bucket.
    return {"bucket": policy.bucket, "enabled": True}
