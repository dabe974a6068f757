"""Configuration of Datadog, which is an extra."""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Annotated, Literal

from pydantic import Field

from policies.fly_offers import guest_faults
from stacks.config.base import Model, Problem, VariableName
from stacks.config.fly import GuestConfig
from stacks.config.images import SecretArn

SDK = "pulumi_datadog"
"""The provider's SDK, 40 MB, which is installed only where it is asked for."""

PAGERS = ("@pagerduty", "@opsgenie", "@oncall", "@victorops", "@splunk-on-call")
"""Beginnings of handles that wake somebody."""

PERIODS_DAYS = (7, 30, 90)
"""Periods of Datadog's service level objectives, in days.

https://docs.datadoghq.com/api/latest/service-level-objectives/
"""

Handle = Annotated[str, Field(pattern=r"^@[A-Za-z0-9_.@-]+$")]
"""Somebody or something that Datadog tells, as it writes them in a message."""
Handles = Annotated[list[Handle], Field(min_length=1)]
"""One at the least: a message to nobody is lost."""


Site = Literal[
    "datadoghq.com",
    "us3.datadoghq.com",
    "us5.datadoghq.com",
    "datadoghq.eu",
    "ap1.datadoghq.com",
    "ap2.datadoghq.com",
    "ddog-gov.com",
]
"""Datadog's sites. https://docs.datadoghq.com/getting_started/site/"""

INTEGRATED_SITES = ("datadoghq.com", "us3.datadoghq.com", "us5.datadoghq.com", "datadoghq.eu")
"""Sites whose account at AWS is known here; a test compares them with those of the component."""


class DatadogAgentConfig(Model):
    """Datadog's agent beside each task of the web services and workers, and one at Fly.io."""

    image: Annotated[str, Field(pattern=r"^\S+$")] = Field(
        description="Image of Datadog's agent 7, best by digest: public.ecr.aws/datadog/agent:7.71.2@sha256:..."
    )
    api_key_secret: VariableName | None = Field(
        default=None, description="Key under `secrets` of the API key that the agents send with."
    )
    api_key_secret_arn: SecretArn | None = Field(
        default=None, description="ARN of a secret in Secrets Manager that holds that key alone, instead."
    )
    traces: bool = Field(default=True, description="Whether the agents take traces (APM), billed by host.")
    fly_guest: GuestConfig = Field(
        default=GuestConfig(memory_mib=1024),
        description="Size of its Machine, where services run at Fly.io.",
    )
    trace_sample_rate: Annotated[float, Field(ge=0, le=1)] | None = Field(
        default=None, description="Share of the requests that are traced; Datadog's own choice when left out."
    )


class DatadogConfig(Model):
    """Monitors, service level objectives and a dashboard at Datadog, alone or beside the other evaluators."""

    page: Handles = Field(description="Told of what somebody has to act on now.")
    ticket: Handles = Field(description="Told of what somebody has to act on this working day.")
    info: Handles = Field(description="Told of what is only worth knowing.")
    site: Site = Field(default="datadoghq.com", description="Where the organization is.")
    aws_integration: Literal["existing", "made", "none"] = Field(
        default="existing",
        description="Who lets Datadog read this account's metrics: somebody did already, this stack does (one in "
        "an account may), or nobody; then what AWS measures has neither monitor nor panel.",
    )
    agent: DatadogAgentConfig | None = Field(
        default=None,
        description="Agents that read the metrics of the services and take their traces; left out, agents of "
        "somebody else read all metrics.",
    )

    @property
    def secrets(self) -> list[str]:
        """Names of the secrets that the agents need."""
        return [self.agent.api_key_secret] if self.agent and self.agent.api_key_secret else []


def datadog_problems(
    config: DatadogConfig | None,
    *,
    may_page: bool,
    period_days: int,
    account: str | None,
    reached: bool,
    on_fly: bool = False,
) -> Iterator[Problem]:
    """Yield key and sentence where the extra is missing, or Datadog would not do what the stack says.

    `account` is `aws_account_id`, `reached` says whether tasks reach the internet, and `on_fly` whether a service
    runs at Fly.io.
    """
    if config is None:
        return
    if find_spec(SDK) is None:
        yield "datadog", "given, allowed only with the extra; install it with: pip install 'footing[datadog]'"
    if period_days not in PERIODS_DAYS:
        yield "objectives.period_days", f"given {period_days}, allowed 7, 30 or 90 with the block datadog"
    for key in ("page", "ticket", "info"):
        pagers = [it for it in getattr(config, key) if it.startswith(PAGERS)]
        if pagers and not may_page:
            yield f"datadog.{key}", f"given {', '.join(pagers)}, allowed only with alerts.may_page: true"
    if config.aws_integration == "made":
        if account is None:
            yield "aws_account_id", "missing; required with datadog.aws_integration: made, which names the account"
        if config.site not in INTEGRATED_SITES:
            allowed = f"allowed existing or none with datadog.site {config.site}"
            yield "datadog.aws_integration", f"given 'made', {allowed}: its account at AWS is not known here"
    yield from _agent_problems(config.agent, reached=reached, on_fly=on_fly)


def _agent_problems(agent: DatadogAgentConfig | None, *, reached: bool, on_fly: bool) -> Iterator[Problem]:
    if agent is None:
        return
    if on_fly and agent.api_key_secret_arn:
        problem = "given, allowed api_key_secret where a service runs at Fly.io: a Machine has no role at AWS"
        yield "datadog.agent.api_key_secret_arn", problem
    if on_fly:
        for part, sentence in guest_faults(**agent.fly_guest.model_dump()):
            yield f"datadog.agent.fly_guest.{part}", sentence
    elif agent.fly_guest != DatadogAgentConfig.model_fields["fly_guest"].default:
        yield "datadog.agent.fly_guest", "given, allowed where a service runs at Fly.io"
    given = [it for it in (agent.api_key_secret, agent.api_key_secret_arn) if it is not None]
    if not given:
        yield "datadog.agent.api_key_secret", "missing; give it, or api_key_secret_arn"
    elif len(given) == 2:
        yield "datadog.agent.api_key_secret", "given together with api_key_secret_arn, allowed one of the two"
    if not reached:
        yield "datadog.agent", "given, allowed left out with network.nat: none: Datadog is on the internet"
    if agent.trace_sample_rate is not None and not agent.traces:
        yield "datadog.agent.trace_sample_rate", f"given {agent.trace_sample_rate:g}, allowed with traces: true"
