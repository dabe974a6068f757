"""A public Application Load Balancer that only the edge may reach, for all web services of a stack."""

from copy import copy
from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws import security_groups
from components.aws.load_balancers import LoadBalancerRef
from components.component import PACKAGE, Component
from components.load_balancer.access_log import make_access_log
from components.load_balancer.args import LoadBalancerArgs
from components.load_balancer.signals import load_balancer_signals
from observability import Signals

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
"""TLS 1.2 and 1.3 with forward secrecy.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
"""
KEEP_ALIVE_SECONDS = 3600
"""How long the edge may keep one connection to the load balancer, in seconds: AWS's own default."""


class LoadBalancer(Component):
    """One load balancer. It answers 404 until services put their rules on its listener."""

    hostname: pulumi.Output[str]
    """Host name that serves HTTPS: the origin of the edge."""
    listener_arn: pulumi.Output[str]
    """ARN of the HTTPS listener."""
    arn_suffix: pulumi.Output[str]
    """End of its ARN, the dimension `LoadBalancer` of CloudWatch."""
    security_group_id: pulumi.Output[str]
    """Group in front of it."""

    def __init__(self, name: str, args: LoadBalancerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        group = security_groups.group(f"{name}-front", "Load balancer", args.vpc_id, self._child())
        self._admit_edge(group)
        balancer = self._make_balancer(group)
        listener = self._make_listeners(balancer)
        self.hostname = balancer.dns_name
        self.listener_arn = listener.arn
        self.arn_suffix = balancer.arn_suffix
        self.security_group_id = group.id
        self._signals = load_balancer_signals(self.arn_suffix, verifies=args.trust_store_arn is not None)
        self._finish()

    @property
    def ref(self) -> LoadBalancerRef:
        """Return it as services take it."""
        return LoadBalancerRef(
            listener_arn=self.listener_arn,
            arn_suffix=self.arn_suffix,
            security_group_id=self.security_group_id,
        )

    @property
    def signals(self) -> Signals:
        """What to watch."""
        return self._signals

    def _child(self, **options: Any) -> pulumi.ResourceOptions:
        """Return options of one child, with its name below the `Service` that had it in version 0.1.0."""
        former = self._args.former_service
        if former is None:
            return super()._child(**options)

        def add_alias(it: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
            own = copy(it.opts)
            service = pulumi.create_urn(former, f"{PACKAGE}:index:Service")
            own.aliases = [pulumi.Alias(name=it.name.replace(self._name, former, 1), parent=service)]
            return pulumi.ResourceTransformationResult(it.props, own)

        return super()._child(transformations=[add_alias], **options)

    def _admit_edge(self, group: aws.ec2.SecurityGroup) -> None:
        ranges = aws.ec2.ManagedPrefixList(
            f"{self._name}-edge",
            name=f"{self._args.load_balancer_name}-edge",
            address_family="IPv4",
            max_entries=len(self._args.ingress_cidrs),
            entries=[{"cidr": cidr} for cidr in self._args.ingress_cidrs],
            opts=self._child(),
        )
        for port in (443, 80):
            aws.vpc.SecurityGroupIngressRule(
                f"{self._name}-from-edge-{port}",
                security_group_id=group.id,
                prefix_list_id=ranges.id,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                opts=self._child(),
            )

    def _make_balancer(self, group: aws.ec2.SecurityGroup) -> aws.lb.LoadBalancer:
        kept = self._protected(self._args.protect)
        return aws.lb.LoadBalancer(
            f"{self._name}-alb",
            load_balancer_type="application",
            internal=False,
            subnets=self._args.subnet_ids,
            security_groups=[group.id],
            idle_timeout=self._args.idle_timeout_seconds,
            client_keep_alive=KEEP_ALIVE_SECONDS,
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            enable_deletion_protection=self._args.protect,
            access_logs=make_access_log(self._name, self._args, self._child(), kept),
            opts=self._child(),
        )

    def _make_listeners(self, balancer: aws.lb.LoadBalancer) -> aws.lb.Listener:
        aws.lb.Listener(
            f"{self._name}-http",
            load_balancer_arn=balancer.arn,
            port=80,
            protocol="HTTP",
            default_actions=[
                {"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS", "status_code": "HTTP_301"}}
            ],
            opts=self._child(),
        )
        trust_store_arn = self._args.trust_store_arn
        return aws.lb.Listener(
            f"{self._name}-https",
            load_balancer_arn=balancer.arn,
            port=443,
            protocol="HTTPS",
            ssl_policy=TLS_POLICY,
            certificate_arn=self._args.certificate_arn,
            # Never left out: the provider would leave the listener as it is.
            mutual_authentication=(
                {"mode": "verify", "trust_store_arn": trust_store_arn}
                if trust_store_arn is not None
                else {"mode": "off"}
            ),
            default_actions=[
                {
                    "type": "fixed-response",
                    "fixed_response": {
                        "content_type": "text/plain",
                        "message_body": "No service answers this host name and path.",
                        "status_code": "404",
                    },
                }
            ],
            routing_http_response_server_enabled=False,
            opts=self._child(),
        )
