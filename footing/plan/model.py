"""The plan as plain data: frozen, versioned, and byte for byte the same for the same program.

The JSON form is documented in docs/plan-format.md and described by schema.json beside this module.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, Self

from msgspec import Struct, field
from msgspec.json import format as json_format
from msgspec.structs import asdict

VERSION: Final = 1
UNKNOWN_KEY: Final = "$unknown"
SECRET_KEY: Final = "$secret"  # noqa: S105 the marker, not a secret

# Plain JSON: None, bool, int, float, str, lists and string-keyed dicts of these, with the markers below inside.
Value = Any


class PlanFormatError(ValueError):
    """The text is not a plan that this version reads; the message says what was found."""


def unknown() -> dict[str, bool]:
    """Return the marker of a value that only the cloud can give."""
    return {UNKNOWN_KEY: True}


def secret() -> dict[str, bool]:
    """Return the marker of a secret. A plan never holds the secret itself, its length or a hash of it."""
    return {SECRET_KEY: True}


def is_unknown(value: Value) -> bool:
    """Tell whether `value` is the marker of an unknown."""
    return isinstance(value, dict) and value.get(UNKNOWN_KEY) is True


def is_secret(value: Value) -> bool:
    """Tell whether `value` is the marker of a secret."""
    return isinstance(value, dict) and value.get(SECRET_KEY) is True


class PlannedOptions(Struct, frozen=True, kw_only=True):
    """The resource options that change what the engine does; left out of the JSON form where unset."""

    additional_secret_outputs: tuple[str, ...] = ()
    """Outputs, by the provider's names, to be kept secret in state."""
    aliases: tuple[Value, ...] = ()
    """Former identities: a URN, or an object with any of name, type, stack, project, parent and no_parent."""
    custom_timeouts: Mapping[str, str] = field(default_factory=dict)
    """Operation (create, update, delete, read) to a duration such as "30m"."""
    delete_before_replace: bool | None = None
    """None where the program leaves the order to the provider."""
    deleted_with: str = ""
    """URN of the resource whose deletion takes this one along; inherited from the parent as the engine does."""
    ignore_changes: tuple[str, ...] = ()
    """Input paths whose changes the engine ignores."""
    import_id: str = ""
    """Physical id to adopt; for an external resource, the id that is read."""
    providers: Mapping[str, str] = field(default_factory=dict)
    """Package to provider URN, for the children of a component."""
    replace_on_changes: tuple[str, ...] = ()
    """Property paths whose changes replace the resource."""
    replace_with: tuple[str, ...] = ()
    """URNs of the resources whose replacement replaces this one."""
    replacement_trigger: Value = None
    """A value whose change replaces the resource."""
    retain_on_delete: bool = False
    """Forget the resource instead of deleting it; inherited from the parent as the engine does."""


class PlannedResource(Struct, frozen=True, kw_only=True):
    """One resource as the program declares it."""

    type: str
    """Type token, such as "aws:ec2/vpc:Vpc"."""
    name: str
    """Logical name, as given in the program."""
    urn: str
    """The URN the engine will give it."""
    parent: str = ""
    """URN of the component it is part of; empty at the top of the stack."""
    provider: str = ""
    """URN of its explicit provider; empty for the package's default one."""
    custom: bool = True
    """True for what a provider makes, False for a component."""
    external: bool = False
    """True for what exists already and is only read."""
    protect: bool = False
    """The engine refuses to delete it."""
    inputs: Mapping[str, Value] = field(default_factory=dict)
    """Inputs by the provider's (camelCase) names, unknowns and secrets as their markers."""
    dependencies: tuple[str, ...] = ()
    """URNs of everything it waits for, sorted."""
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Input to the URNs that its value comes from, sorted."""
    source: str = ""
    """The Python line that made it, "path:line" with the path relative to the project; empty if outside of it."""
    options: PlannedOptions = PlannedOptions()


class Plan(Struct, frozen=True, kw_only=True):
    """Everything one stack declares, parents before their children, siblings by name and then type."""

    project: str
    stack: str
    resources: tuple[PlannedResource, ...] = ()
    outputs: Mapping[str, Value] = field(default_factory=dict)
    """The stack's exports."""
    version: int = VERSION

    def to_json(self) -> str:
        """Return the canonical text: sorted keys, two spaces, one final newline."""
        data = {
            "version": self.version,
            "project": self.project,
            "stack": self.stack,
            "resources": [_resource_data(resource) for resource in self.resources],
            "outputs": self.outputs,
        }
        # Indented by another: with `indent`, json's encoder is the one in Python, a tenth of a large plan.
        return json_format(json.dumps(data, sort_keys=True, ensure_ascii=False, allow_nan=False), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a plan back.

        Raises:
            PlanFormatError: the text is no JSON, of another version, or not of the documented shape.

        """
        try:
            data = json.loads(text)
        except json.JSONDecodeError as error:
            raise PlanFormatError(
                f"The plan is not JSON ({error}); write one with `footing plan STACK --json`."
            ) from None
        found = data.get("version") if isinstance(data, dict) else None
        if found != VERSION:
            raise PlanFormatError(
                f"The plan has version {found!r}, this footing reads {VERSION}; plan again with this footing."
            )
        try:
            resources = tuple(_read_resource(item) for item in data["resources"])
            return cls(**(data | {"resources": resources}))
        except (AttributeError, KeyError, TypeError) as error:
            raise PlanFormatError(
                f"The plan is not of the documented shape ({error}); see docs/plan-format.md."
            ) from None


def _resource_data(resource: PlannedResource) -> dict[str, Value]:
    data = asdict(resource)
    data["options"] = {
        name: value
        for name, value in asdict(resource.options).items()
        if value not in (None, False, "", (), {}) or (name == "delete_before_replace" and value is False)
    }
    return data


def _read_resource(data: Mapping[str, Value]) -> PlannedResource:
    dependencies = {name: tuple(urns) for name, urns in data["property_dependencies"].items()}
    listed = {name for name, value in asdict(PlannedOptions()).items() if value == ()}
    options: dict[str, Any] = {
        name: tuple(value) if name in listed else value for name, value in data["options"].items()
    }
    return PlannedResource(
        **{
            **data,
            "dependencies": tuple(data["dependencies"]),
            "property_dependencies": dependencies,
            "options": PlannedOptions(**options),
        }
    )
