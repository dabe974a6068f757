"""Resource types of our own providers, each described once: the program makes it, and its server checks it.

A subclass of `Resource` annotates its properties, as a dataclass does, and gives each a `required`, an `optional`
or a `computed`. mypy reads the constructor's keywords from them (PEP 681); on an instance each is an Output.
"""

from collections.abc import Callable, Mapping, Sequence
from inspect import get_annotations
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Generic,
    Literal,
    TypedDict,
    TypeVar,
    Unpack,
    dataclass_transform,
    get_args,
    get_origin,
)

import pulumi

T = TypeVar("T")

KINDS: Mapping[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}
"""Names of the types of JSON Schema, which are also Pulumi's."""


class Property(Generic[T]):
    """One property of a type: what it means, and which values it takes.

    Attributes:
        text: one sentence for people.
        required: whether a program must give it.
        computed: whether the vendor alone fills it.
        secret: whether its value is encrypted in the state and never printed.
        replaces: whether a change makes a new resource.
        kind: annotation of its value.
        wire_name: its name for the engine.
        choices: the values it may have; empty where any may be.
        pattern: what its text matches as a whole.
        minimum: least number.
        maximum: largest number.

    """

    def __init__(
        self,
        text: str,
        *,
        required: bool = False,
        computed: bool = False,
        secret: bool = False,
        replaces: bool = False,
        choices: Sequence[str | int] = (),
        pattern: str | None = None,
        minimum: float | None = None,
        maximum: float | None = None,
    ) -> None:
        self.text = text
        self.required = required
        self.computed = computed
        self.secret = secret
        self.replaces = replaces
        self.choices = choices
        self.pattern = pattern
        self.minimum = minimum
        self.maximum = maximum
        self.kind: Any = Any
        self.wire_name = ""

    def __get__(self, instance: Any, owner: Any) -> pulumi.Output[T]:
        """Return the Output of a resource; the SDK keeps it by its name on the wire."""
        return self if instance is None else instance.__dict__[self.wire_name]  # type: ignore[return-value]

    if TYPE_CHECKING:

        def __set__(self, instance: Any, value: pulumi.Input[T]) -> None: ...


class Facts(TypedDict, total=False):
    """What `required` and `optional` say of a property; `Property` explains them."""

    secret: bool
    replaces: bool
    choices: Sequence[str | int]
    pattern: str | None
    minimum: float | None
    maximum: float | None


def required(text: str, **facts: Unpack[Facts]) -> Any:
    """Describe a property that a program must give."""
    return Property(text, required=True, **facts)


def optional(text: str, *, default: None, **facts: Unpack[Facts]) -> Any:
    """Describe a property that the vendor decides where it is left out. `default` is None, for mypy to read."""
    assert default is None  # noqa: S101
    return Property(text, **facts)


def computed(text: str, *, init: Literal[False] = False, secret: bool = False) -> Any:  # noqa: ARG001  for mypy
    """Describe a property that only the vendor knows."""
    return Property(text, computed=True, secret=secret)


@dataclass_transform(kw_only_default=True, field_specifiers=(required, optional, computed))
class _Described(pulumi.CustomResource):
    """Lets mypy read constructors from the properties of subclasses."""


class Resource(_Described):
    """Base of every type of our own providers.

    Attributes:
        package: name of its provider, first part of its type token. Part of the state: never changed.
        holds_data: deleting it deletes what nobody else has; it is protected where the program says nothing.

    """

    if TYPE_CHECKING:
        resource_name: str = required("", kw_only=False)  # type: ignore[call-arg]
        opts: pulumi.ResourceOptions | None = optional("", default=None)

    package: ClassVar[str]
    holds_data: ClassVar[bool]

    def __init_subclass__(cls, *, package: str = "", holds_data: bool = False, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.package, cls.holds_data = package, holds_data
        for name, kind in get_annotations(cls).items():
            found = cls.__dict__.get(name)
            if isinstance(found, Property):
                found.kind, found.wire_name = get_args(kind)[0], wire_name(name)
        # By these the SDK knows that a list of an answer is one.
        output: Any = pulumi.Output
        cls.__annotations__ = {it.wire_name: output[it.kind] for it in properties(cls).values()}

    if not TYPE_CHECKING:

        def __init__(
            self, resource_name: str, *, opts: pulumi.ResourceOptions | None = None, **given: Any
        ) -> None:
            known = properties(type(self))
            if unknown := sorted(given.keys() - {name for name, it in known.items() if not it.computed}):
                raise TypeError(f"{type(self).__name__} has no property {', '.join(unknown)}")
            secrets = [name for name, it in known.items() if it.secret]
            options = pulumi.ResourceOptions.merge(
                pulumi.ResourceOptions(
                    protect=True if type(self).holds_data else None,
                    additional_secret_outputs=[known[it].wire_name for it in secrets],
                ),
                opts,
            )
            values = {
                it.wire_name: pulumi.Output.secret(given[name]) if it.secret and name in given else given.get(name)
                for name, it in known.items()
            }
            super().__init__(token(type(self)), resource_name, values, options)


def token(cls: type[Resource]) -> str:
    """Return the type's token, for example `footing-neon:index:Project`."""
    return f"{cls.package}:index:{cls.__name__}"


def wire_name(name: str) -> str:
    """Return the name on the wire of an attribute: `max_client_connections` is `maxClientConnections`."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def properties(cls: type[Resource]) -> Mapping[str, Property[Any]]:
    """Return the properties of a type by attribute, in the order of the class."""
    return {name: it for name, it in vars(cls).items() if isinstance(it, Property)}


def inputs(cls: type[Resource]) -> dict[str, Property[Any]]:
    """Return what a program may give, by name on the wire."""
    return {wire_name(name): it for name, it in properties(cls).items() if not it.computed}


def outputs(cls: type[Resource]) -> dict[str, Property[Any]]:
    """Return everything that a resource of the type has, by name on the wire."""
    return {wire_name(name): it for name, it in properties(cls).items()}


def schema_of(kind: Any) -> dict[str, Any]:
    """Return Pulumi's schema of an annotation: a scalar, a sequence, a mapping, or one of these or None."""
    options = [it for it in get_args(kind) if it is not type(None)] if type(None) in get_args(kind) else [kind]
    [only] = options
    if only in KINDS:
        return {"type": KINDS[only]}
    if get_origin(only) is Literal:
        return {"type": KINDS[type(get_args(only)[0])]}
    if get_origin(only) is not None and issubclass(get_origin(only), Mapping):
        return {"type": "object", "additionalProperties": schema_of(get_args(only)[1])}
    if get_origin(only) is not None and issubclass(get_origin(only), Sequence):
        return {"type": "array", "items": schema_of(get_args(only)[0])}
    return {"$ref": "pulumi.json#/Any"}


def type_schema(cls: type[Resource]) -> dict[str, Any]:
    """Return Pulumi's schema of a resource type."""
    described: Callable[[Property[Any]], dict[str, Any]] = lambda it: {  # noqa: E731
        **schema_of(it.kind),
        "description": it.text,
        **({"secret": True} if it.secret else {}),
        **({"willReplaceOnChanges": True} if it.replaces else {}),
    }
    given, every = inputs(cls), outputs(cls)
    return {
        "description": (cls.__doc__ or "").strip(),
        "inputProperties": {name: described(it) for name, it in given.items()},
        "properties": {name: described(it) for name, it in every.items()},
        "requiredInputs": sorted(name for name, it in given.items() if it.required),
        "required": sorted(name for name, it in every.items() if it.required or it.computed),
    }
