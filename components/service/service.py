"""A web service on Fargate behind a public load balancer that only the edge may reach."""

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from components import _fargate, _firewall, _secret
from components._component import Component
from components._firewall import Upstream
from components._signals import Signals
from components.service import signals
from components.service.args import ServiceArgs

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
"""TLS 1.2 and 1.3 with forward secrecy.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
"""

DEREGISTRATION_SECONDS = 30
"""How long a leaving task still gets the answers it is working on."""

STOP_TIMEOUT_SECONDS = 60
"""Time between SIGTERM and SIGKILL; longer than the deregistration, so that no request is cut."""


class Service(Component):
    """One web service. Holds no data: a task can be replaced at any time."""

    hostname: pulumi.Output[str]
    """Host name of the load balancer: the origin of the edge."""
    security_group_id: pulumi.Output[str]
    """Group of the tasks."""

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        self._front = _firewall.group(f"{name}-front", "Load balancer", args.vpc_id, self._child())
        self._group = _firewall.group(f"{name}-tasks", "Service tasks", args.vpc_id, self._child())
        self._admit_edge()
        self._connect()
        balancer = self._make_balancer()
        target = self._make_target()
        listener = self._make_listeners(balancer, target)
        self._make_scaling(self._make_service(self._make_task(), target, listener))
        self.hostname = balancer.dns_name
        self.security_group_id = self._group.id
        self._signals = signals.signals(
            args.cluster_name, args.service_name, args.scaling.minimum_tasks, balancer.arn_suffix
        )
        self._finish()

    @property
    def signals(self) -> Signals:
        """What to watch."""
        return self._signals

    def _admit_edge(self) -> None:
        ranges = aws.ec2.ManagedPrefixList(
            f"{self._name}-edge",
            name=f"{self._args.service_name}-edge",
            address_family="IPv4",
            max_entries=len(self._args.ingress_cidrs),
            entries=[{"cidr": cidr} for cidr in self._args.ingress_cidrs],
            opts=self._child(),
        )
        for port in (443, 80):
            aws.vpc.SecurityGroupIngressRule(
                f"{self._name}-from-edge-{port}",
                security_group_id=self._front.id,
                prefix_list_id=ranges.id,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                opts=self._child(),
            )

    def _connect(self) -> None:
        task = Upstream(role="task", security_group_id=self._group.id, port=self._args.port)
        _firewall.connect(f"{self._name}-front", self._front, [task], self._child())
        _firewall.connect(f"{self._name}-tasks", self._group, self._args.upstreams, self._child())
        _firewall.allow_https_out(f"{self._name}-tasks", self._group, self._child())

    def _make_balancer(self) -> aws.lb.LoadBalancer:
        return aws.lb.LoadBalancer(
            f"{self._name}-alb",
            load_balancer_type="application",
            internal=False,
            subnets=self._args.public_subnet_ids,
            security_groups=[self._front.id],
            idle_timeout=self._args.idle_timeout_seconds,
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            enable_deletion_protection=self._args.protect,
            opts=self._child(),
        )

    def _make_target(self) -> aws.lb.TargetGroup:
        return aws.lb.TargetGroup(
            f"{self._name}-tg",
            port=self._args.port,
            protocol="HTTP",
            target_type="ip",
            vpc_id=self._args.vpc_id,
            deregistration_delay=DEREGISTRATION_SECONDS,
            health_check={
                "path": self._args.health_path,
                "matcher": "200",
                "interval": 15,
                "timeout": 5,
                "healthy_threshold": 2,
                "unhealthy_threshold": 3,
            },
            opts=self._child(),
        )

    def _make_listeners(self, balancer: aws.lb.LoadBalancer, target: aws.lb.TargetGroup) -> aws.lb.Listener:
        aws.lb.Listener(
            f"{self._name}-http",
            load_balancer_arn=balancer.arn,
            port=80,
            protocol="HTTP",
            default_actions=[
                {
                    "type": "redirect",
                    "redirect": {"port": "443", "protocol": "HTTPS", "status_code": "HTTP_301"},
                }
            ],
            opts=self._child(),
        )
        return aws.lb.Listener(
            f"{self._name}-https",
            load_balancer_arn=balancer.arn,
            port=443,
            protocol="HTTPS",
            ssl_policy=TLS_POLICY,
            certificate_arn=self._args.certificate_arn,
            mutual_authentication=self._demand_of_callers(),
            default_actions=[{"type": "forward", "target_group_arn": target.arn}],
            opts=self._child(),
        )

    def _demand_of_callers(self) -> aws.lb.ListenerMutualAuthenticationArgsDict:
        if self._args.trust_store_arn is None:
            # Said aloud: the provider leaves a listener as it is where nothing is said.
            return {"mode": "off"}
        return {"mode": "verify", "trust_store_arn": self._args.trust_store_arn}

    def _make_task(self) -> aws.ecs.TaskDefinition:
        args = self._args
        log = _fargate.make_log_group(self._name, args.task.log_retention_days, self._child())
        arns, references = self._make_secrets()
        main = _fargate.container(
            self._name,
            args.image,
            environment={"PORT": str(args.port), **args.environment},
            secrets=references,
            log_group=log.name,
            region=args.region,
            portMappings=[{"containerPort": args.port, "protocol": "tcp"}],
            mountPoints=[{"sourceVolume": "tmp", "containerPath": "/tmp"}],  # noqa: S108  a volume of the task
            stopTimeout=STOP_TIMEOUT_SECONDS,
        )
        return _fargate.make_task_definition(
            self._name,
            args.task,
            [main],
            family=args.service_name,
            execution_role=_fargate.make_execution_role(self._name, arns, self._child()),
            task_role=_fargate.make_task_role(self._name, self._child()),
            volumes=["tmp"],
            opts=self._child(),
        )

    def _make_secrets(self) -> tuple[list[pulumi.Output[str]], dict[str, pulumi.Output[str]]]:
        """One secret with a key a variable; the references name its version, so a change rolls the tasks."""
        values = {**self._args.secrets, **self._generate_secrets()}
        if not values:
            return [], {}
        version = _secret.make_secret(
            f"{self._name}-environment",
            f"Secret variables of {self._args.service_name}",
            values,
            self._child(),
        )
        arn, version_id = version.secret_arn, version.version_id
        return [arn], {key: _secret.reference(arn, key, version_id) for key in values}

    def _generate_secrets(self) -> dict[str, pulumi.Output[str]]:
        return {
            key: random.RandomPassword(
                f"{self._name}-{key.lower().replace('_', '-')}", length=64, special=False, opts=self._child()
            ).result
            for key in self._args.generated_secrets
        }

    def _make_service(
        self, task: aws.ecs.TaskDefinition, target: aws.lb.TargetGroup, listener: aws.lb.Listener
    ) -> aws.ecs.Service:
        args = self._args
        return aws.ecs.Service(
            f"{self._name}-service",
            name=args.service_name,
            cluster=args.cluster_arn,
            task_definition=task.arn,
            desired_count=args.scaling.minimum_tasks,
            launch_type="FARGATE",
            deployment_minimum_healthy_percent=args.scaling.minimum_healthy_percent,
            deployment_maximum_percent=args.scaling.maximum_percent,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            availability_zone_rebalancing="ENABLED",
            health_check_grace_period_seconds=60,
            enable_execute_command=False,
            network_configuration={
                "subnets": args.private_subnet_ids,
                "security_groups": [self._group.id],
                "assign_public_ip": False,
            },
            load_balancers=[
                {"target_group_arn": target.arn, "container_name": self._name, "container_port": args.port}
            ],
            wait_for_steady_state=True,
            propagate_tags="SERVICE",
            # Autoscaling owns the number from the first minute; without this each deployment would reset it.
            opts=self._child(depends_on=[listener], ignore_changes=["desiredCount"]),
        )

    def _make_scaling(self, service: aws.ecs.Service) -> None:
        scaling = self._args.scaling
        target = aws.appautoscaling.Target(
            f"{self._name}-scaling",
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=pulumi.Output.concat("service/", self._args.cluster_name, "/", service.name),
            min_capacity=scaling.minimum_tasks,
            max_capacity=scaling.maximum_tasks,
            opts=self._child(),
        )
        aws.appautoscaling.Policy(
            f"{self._name}-cpu",
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            resource_id=target.resource_id,
            target_tracking_scaling_policy_configuration={
                "target_value": scaling.cpu_target_percent,
                "scale_in_cooldown": scaling.cooldown_seconds,
                "scale_out_cooldown": scaling.cooldown_seconds,
                "predefined_metric_specification": {"predefined_metric_type": "ECSServiceAverageCPUUtilization"},
            },
            opts=self._child(),
        )
