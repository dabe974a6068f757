"""What the simulated cloud knows of one AWS resource type, and one operation on one resource."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from simulator.identity import Identity
from simulator.moto_aws.models import model_faults
from simulator.moto_aws.parameters import operation_shape, parameters
from wire_format import Properties

Renames = Mapping[str, str] | None
"""The API's name by Pulumi's, where the two are not the same word."""

# The one certificate that moto holds, for listeners.
STAND_IN_CERTIFICATE_NAME = "simulated"


class UnsupportedError(Exception):
    """The cloud's own rules, kept by the real provider rather than by botocore or moto, refuse the inputs."""


@dataclass(frozen=True)
class Created:
    """Result of a creation: the Pulumi id and the computed outputs."""

    id: str
    outputs: Properties = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """One operation on one resource: whose it is, and how to reach the services of its region."""

    identity: Identity
    region: str
    client: Callable[[str], Any]

    def send(
        self, service: str, operation: str, inputs: Properties, renames: Renames = None, /, **fixed: Any
    ) -> dict[str, Any]:
        """Call an operation with what it takes of the inputs, and the fixed parameters on top."""
        client = self.client(service)
        sent = {**parameters(client, operation, inputs, renames or {}), **fixed}
        answer: dict[str, Any] = getattr(client, operation)(**sent)
        return answer

    def check(
        self, service: str, operation: str, inputs: Properties, renames: Renames = None, /, **fixed: Any
    ) -> None:
        """Let botocore validate a call that moto cannot answer, without sending it."""
        from botocore.exceptions import ParamValidationError
        from botocore.validate import ParamValidator

        client = self.client(service)
        sent = {**parameters(client, operation, inputs, renames or {}), **fixed}
        shape = operation_shape(client, operation)
        report = ParamValidator().validate(sent, shape)
        if report.has_errors():
            raise ParamValidationError(report=report.generate_report())
        refuse(model_faults(sent, shape, ""))


def refuse(faults: Iterable[str]) -> None:
    """Raise what the service's model does not allow.

    Raises:
        UnsupportedError: there is a fault.
    """
    if found := "; ".join(faults):
        raise UnsupportedError(f"the service's model refuses {found}")


@dataclass(frozen=True)
class Existing:
    """A resource as it is before a change: plain inputs and outputs, and its id."""

    id: str
    inputs: Properties
    outputs: Properties


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How one resource type is created, changed and removed.

    `update` gives the outputs that changed, if any; without it, creating again is how the API changes it. `replay`
    creates it again in a new process where `create` would not give the same result. `delete` gives True when the
    deletion leaves something behind, which `replay_left_over` creates again.
    """

    create: Callable[[Call, Properties], Created]
    delete: Callable[[Call, Existing], bool | None]
    update: Callable[[Call, Existing, Properties], Properties | None] | None = None
    replay: Callable[[Call, Existing], None] | None = None
    replay_left_over: Callable[[Call, Existing], None] | None = None


def refuse_untrusted(call: Call, role: str, service: str) -> None:
    """Raise what a service says of a role that may not be assumed by it. A role of another account passes.

    Raises:
        UnsupportedError: the role's trust policy does not name the service.
    """
    client, name = call.client("iam"), role.rsplit("/", 1)[-1]
    with suppress(client.exceptions.NoSuchEntityException):
        trust = client.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
        if service not in str(trust):
            raise UnsupportedError(f"the role {name} does not let {service} assume it, allowed one that does")


def creation(
    service: str,
    operation: str,
    result: Callable[[Call, Properties, dict[str, Any]], Created],
    renames: Renames = None,
    defaults: Properties | None = None,
) -> Callable[[Call, Properties], Created]:
    """Return a creation by one call, whose answer `result` turns into the id and the outputs."""
    return lambda call, inputs: result(
        call, inputs, call.send(service, operation, {**(defaults or {}), **inputs}, renames)
    )


def deletion(
    service: str, operation: str, parameters: str | Callable[[Existing], dict[str, Any]]
) -> Callable[[Call, Existing], None]:
    """Return a deletion by one call; `parameters` are its own, or the name of the one that takes the id."""

    def delete(call: Call, existing: Existing) -> None:
        given = {parameters: existing.id} if isinstance(parameters, str) else parameters(existing)
        getattr(call.client(service), operation)(**given)

    return delete


def no_deletion(_call: Call, _existing: Existing) -> None:
    """Delete nothing: moto holds nothing of the kind or cannot remove it, or it goes with another resource."""


def update_without_outputs(
    send: Callable[[Call, Existing, Properties], object],
) -> Callable[[Call, Existing, Properties], None]:
    """Return an update that sends, and whose answer holds no output that changed."""

    def update(call: Call, existing: Existing, news: Properties) -> None:
        send(call, existing, news)

    return update


def checked_update(
    service: str, operation: str, renames: Renames = None
) -> Callable[[Call, Existing, Properties], None]:
    """Return an update that moto cannot make: botocore validates its parameters, and nothing is sent."""

    def update(call: Call, _existing: Existing, news: Properties) -> None:
        call.check(service, operation, news, renames)

    return update


def without(inputs: Properties, *names: str) -> Properties:
    """Return the inputs that have none of these names."""
    return {name: value for name, value in inputs.items() if name not in names}
