"""The engine's side of a plan: takes what the SDK registers and answers as a preview of a new stack would."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from google.protobuf import empty_pb2
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.proto import resource_pb2

from footing.plan.model import PlannedResource, Value
from footing.plan.requests import RequestReader
from footing.plan.transforms import Callbacks, Transforms
from footing.plan.values import ValueReader
from wire_format import encode, seal

_STACK_TYPE: Final = "pulumi:pulumi:Stack"


LOOKED_UP = frozenset(
    (
        "aws:ec2/getSubnets:getSubnets",
        "aws:ec2/getVpc:getVpc",
        "aws:ecs/getCluster:getCluster",
        "aws:lb/getListener:getListener",
        "aws:lb/getLoadBalancer:getLoadBalancer",
        "cloudflare:index/getAccounts:getAccounts",
    )
)
"""What the components look up of what exists already: unknown until the engine asks the cloud."""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What a cloud would say, for a run that is to go on where a plan must leave a value unknown."""

    outputs: Callable[[str, str], Mapping[str, Value]] = lambda _type, _name: {}
    """Outputs of a resource beside its inputs, by type token and name."""
    lookups: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    """Results of provider functions by token; any other is refused."""
    id: Callable[[str], str] = lambda _name: ""
    """Id of a resource, by its name; empty for an unknown one."""


NO_ANSWERS: Final = Answers()


class OfflineError(RuntimeError):
    """The program asks for something that only the engine or a cloud can give."""


class DuplicateResourceError(ValueError):
    """Two resources of one stack would have the same URN."""


class Recorder(MockMonitor):
    """Keeps every registered resource in `planned`, by URN, and the stack's exports in `outputs`."""

    def __init__(
        self, project: str, stack: str, requests: RequestReader, values: ValueReader, answers: Answers = NO_ANSWERS
    ) -> None:
        # No mocks: every request that the base would ask them about is answered here.
        super().__init__(None)  # type: ignore[arg-type]
        self.project = project
        self.stack = stack
        self.planned: dict[str, PlannedResource] = {}
        self.outputs: dict[str, Value] = {}
        self._prefix = f"urn:pulumi:{stack}::{project}::"
        self._stack_urn = ""
        self._requests = requests
        self._transforms: Transforms | None = None
        self._values = values
        self._answers = answers
        # Id and properties as sent, for a program that looks a resource up again by its URN.
        self._states: dict[str, tuple[str, Struct]] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 the protocol's name, as below
        """Record a resource and answer with its inputs; all else that the answers do not give stays unknown."""
        urn = self._urn(request)
        if request.type == _STACK_TYPE:
            self._stack_urn = urn
            return resource_pb2.RegisterResourceResponse(urn=urn)
        if self._transforms is None:
            if request.transforms:
                raise _no_transforms()
            return self._record(request, urn)
        tokens = self._transforms.tokens(request, urn)
        if not tokens:
            return self._record(request, urn)
        return self._record_transformed(self._transforms.run(request, tokens), urn)

    async def _record_transformed(self, request: Awaitable[Any], urn: str) -> Any:
        return self._record(await request, urn)

    def _record(self, request: Any, urn: str) -> Any:
        self._add(self._requests.registered(request, urn, self.planned.get(request.parent)))
        id_ = request.importId or (self._answers.id(request.name) if request.custom else "")
        answer = resource_pb2.RegisterResourceResponse(urn=urn, id=id_)
        if request.custom and (outputs := self._answers.outputs(request.type, request.name)):
            answer.object.CopyFrom(encode(outputs))
        answer.object.MergeFrom(request.object)
        self._keep(urn, request.importId, answer.object, request.additionalSecretOutputs)
        return answer

    def ReadResource(self, request: Any) -> Any:  # noqa: N802
        """Record a resource that exists already."""
        urn = self._urn(request)
        self._add(self._requests.read(request, urn, self.planned.get(request.parent)))
        answer = resource_pb2.ReadResourceResponse(urn=urn, id=request.id, properties=request.properties)
        self._keep(urn, request.id, answer.properties, request.additionalSecretOutputs)
        return answer

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802
        """Record the stack's exports; a component's own outputs are no part of a plan."""
        if request.urn == self._stack_urn:
            self.outputs = self._values.struct(request.outputs)
        return empty_pb2.Empty()

    def Invoke(self, request: Any) -> Any:  # noqa: N802
        """Answer a look-up of a planned resource, or one that is among the answers; refuse any other."""
        if request.tok in self._answers.lookups:
            return resource_pb2.ResourceInvokeResponse(**{"return": encode(self._answers.lookups[request.tok])})
        if request.tok in LOOKED_UP:
            return resource_pb2.ResourceInvokeResponse(unknown=True)
        if request.tok != "pulumi:pulumi:getResource":
            raise OfflineError(
                f"{request.tok} asks the cloud, and an offline plan has none: "
                "give the value in the stack's configuration, or use `pulumi preview`."
            )
        urn = request.args.fields["urn"].string_value
        id_, properties = self._states[urn]
        answer = Struct()
        answer.update({"urn": urn, "id": id_})
        answer.fields["state"].struct_value.CopyFrom(properties)
        return resource_pb2.ResourceInvokeResponse(**{"return": answer})

    def Call(self, request: Any) -> Any:  # noqa: N802
        """Refuse a method call on a resource."""
        raise OfflineError(f"{request.tok} is a method of a cloud resource: an offline plan cannot call it.")

    def RegisterStackTransform(self, request: Any) -> Any:  # noqa: N802
        """Run the program's function for every resource from now on."""
        if self._transforms is None:
            raise _no_transforms()
        self._transforms.add_for_stack(request.token)
        return empty_pb2.Empty()

    def RegisterStackInvokeTransform(self, request: Any) -> Any:  # noqa: ARG002, N802
        """Take a transform of look-ups and leave it: none is answered here, so there is none to transform."""
        return empty_pb2.Empty()

    def answer_callbacks(self, callbacks: Callbacks | None) -> None:
        """Run the program's resource transforms by `callbacks`; with None they are refused."""
        self._transforms = None if callbacks is None else Transforms(callbacks)

    def _urn(self, request: Any) -> str:
        # As the engine does: the parent's whole chain of types, of which the stack is no part.
        chain = request.parent.split("::")[2] if request.parent else _STACK_TYPE
        qualified = request.type if chain == _STACK_TYPE else f"{chain}${request.type}"
        return f"{self._prefix}{qualified}::{request.name}"

    def _add(self, resource: PlannedResource) -> None:
        if resource.urn in self.planned:
            raise DuplicateResourceError(
                f"Two resources have the URN {resource.urn}: give {resource.name!r} at {resource.source} "
                f"another name (the first is at {self.planned[resource.urn].source})."
            )
        self.planned[resource.urn] = resource

    def _keep(self, urn: str, id_: str, properties: Struct, secret_outputs: Any) -> None:
        for name in secret_outputs:
            seal(properties, name)
        self._states[urn] = (id_, properties)


def _no_transforms() -> OfflineError:
    return OfflineError(
        "An offline plan does not run resource transforms with this version of the Pulumi SDK: "
        "use `transformations`, or `pulumi preview`."
    )
