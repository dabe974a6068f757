"""What a type's inputs may look like, read from the annotations of its SDK class."""

import ast
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from simulator.replacement import docs_say_replace
from simulator.sdk_source import class_node, class_text, getters, package_root, resource_source

SCALARS = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}


@dataclass(frozen=True)
class Scalar:
    """A string, an integer, a number or a boolean."""

    kind: str


@dataclass(frozen=True)
class ListOf:
    """A list whose items have one shape."""

    item: "Shape"


@dataclass(frozen=True)
class MapOf:
    """A map from strings to values of one shape."""

    item: "Shape"


@dataclass(frozen=True)
class ObjectOf:
    """A nested input or output class, by the file that holds it. Its fields are read when asked for."""

    path: Path
    name: str


@dataclass(frozen=True)
class OneOf:
    """Any of several shapes."""

    options: tuple["Shape", ...]


@dataclass(frozen=True)
class Enumerated:
    """One of the members of an enum class."""

    name: str
    members: tuple[str | int | float, ...]


@dataclass(frozen=True)
class AssetOnly:
    """An asset or an archive."""


@dataclass(frozen=True)
class Anything:
    """A value that the SDK does not describe."""


Shape = Scalar | ListOf | MapOf | ObjectOf | OneOf | Enumerated | AssetOnly | Anything


@dataclass(frozen=True)
class Field:
    """One property: its shape, whether it must be given, and whether the docs say a change replaces."""

    name: str
    shape: Shape
    required: bool
    replaces: bool


@dataclass(frozen=True)
class ResourceShape:
    """A resource type: its inputs, its outputs, and which outputs are always secret."""

    inputs: dict[str, Field]
    outputs: dict[str, Field]
    secret_outputs: frozenset[str] = field(default_factory=frozenset)

    @property
    def computed(self) -> frozenset[str]:
        """Properties that the cloud fills where a program does not give them."""
        return frozenset(
            name
            for name, given in self.inputs.items()
            if not given.required and name in self.outputs and self.outputs[name].required
        )


@cache
def resource_shape(token: str) -> ResourceShape:
    """Return the shape of a resource type.

    Raises:
        UnknownTypeError: no installed SDK has the type.
    """
    path, name = resource_source(token)
    node = class_node(path, name)
    arguments = f"{name}InitArgs" if class_text(path, f"{name}InitArgs") is not None else f"{name}Args"
    return ResourceShape(
        inputs=input_fields(ObjectOf(path, arguments)),
        outputs=output_fields(ObjectOf(path, name)),
        secret_outputs=frozenset(
            name
            for call in (ast.walk(node) if node else ())
            if isinstance(call, ast.keyword) and call.arg == "additional_secret_outputs"
            for name in ast.literal_eval(call.value)
        ),
    )


@cache
def lookup_fields(token: str) -> dict[str, Field]:
    """Return what a lookup such as `aws:ec2/getVpc:getVpc` answers."""
    package, module, name = token.split(":")
    file = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
    folder = package_root(package) / ("" if module.startswith("index") else module.split("/")[0])
    return output_fields(ObjectOf(folder / f"{file}.py", f"{name[0].upper()}{name[1:]}Result"))


@cache
def provider_shape(package: str) -> dict[str, Field]:
    """Return the configuration that a package's provider accepts."""
    return input_fields(ObjectOf(package_root(package) / "provider.py", "ProviderArgs"))


@cache
def input_fields(of: ObjectOf) -> dict[str, Field]:
    """Return the fields of an input class; a constructor argument without a default must be given."""
    node = class_node(of.path, of.name)
    if node is None:
        return {}
    required = {
        argument.arg
        for item in node.body
        if isinstance(item, ast.FunctionDef) and item.name == "__init__"
        for argument, default in zip(item.args.kwonlyargs, item.args.kw_defaults, strict=True)
        if default is None
    }
    return {
        wire: Field(
            wire,
            _described(_shape(of.path, item.returns), ast.get_docstring(item) or ""),
            item.name in required,
            docs_say_replace(ast.get_docstring(item) or "", names=(wire, item.name)),
        )
        for wire, item in getters(node)
    }


@cache
def output_fields(of: ObjectOf) -> dict[str, Field]:
    """Return the fields of an output class; `required` means that the provider always fills it."""
    node = class_node(of.path, of.name)
    if node is None:
        return {}
    return {
        wire: Field(
            wire,
            _shape(of.path, item.returns),
            not (
                item.returns is not None
                and "Optional[" in ast.unparse(item.returns)[: len("pulumi.Output[Optional[")]
            ),
            replaces=False,
        )
        for wire, item in getters(node)
    }


# Cloudflare's SDK is made from its OpenAPI document, whose enums stand in the texts; Markdown took underscores.
_ENUM = re.compile(r'Available values: ((?:"[^"\n]+"(?:, )?)+)')


def _described(shape: Shape, docs: str) -> Shape:
    """Return the shape with the members that the property's text lists."""
    if isinstance(shape, ListOf):
        return ListOf(_described(shape.item, docs))
    found = _ENUM.search(docs)
    if shape != Scalar("str") or not found:
        return shape
    return Enumerated("", tuple(name.replace("*", "_") for name in re.findall(r'"([^"]+)"', found[1])))


def _shape(path: Path, node: ast.expr | None) -> Shape:
    if node is None:
        return Anything()
    if isinstance(node, ast.Subscript):
        return _subscripted(path, _last_name(node.value), node.slice)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _referenced(path, node.value)
    name = _last_name(node)
    if name in SCALARS:
        return Scalar(name)
    return AssetOnly() if name in {"Asset", "Archive"} else Anything()


def _subscripted(path: Path, name: str, inner: ast.expr) -> Shape:
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if name in {"Sequence", "List"}:
        return ListOf(_shape(path, parts[0]))
    if name in {"Mapping", "Dict"}:
        return MapOf(_shape(path, parts[-1]))
    if name == "Union":
        # An Args class and its TypedDict describe one object: the Args class is enough.
        options = dict.fromkeys(
            _shape(path, part)
            for part in parts
            if not (isinstance(part, ast.Constant) and str(part.value).endswith("ArgsDict"))
        )
        return next(iter(options)) if len(options) == 1 else OneOf(tuple(options))
    return _shape(path, parts[0])


def _referenced(path: Path, reference: str) -> Shape:
    """Return a class named in quotes: `'XArgs'`, `'outputs.X'`, a sibling's `'_iam.XArgs'`, or an enum."""
    module, _, name = reference.rpartition(".")
    folder = path.parent
    if module not in {"", "outputs"}:
        # The SDK's top folder is the one that holds the register of types.
        while not (folder / "pulumi-plugin.json").exists() and folder.parent != folder:
            folder = folder.parent
        folder /= module.lstrip("_")
    for file in (folder / "outputs.py" if module == "outputs" else folder / "_inputs.py", folder / "outputs.py"):
        if class_text(file, name) is not None:
            return ObjectOf(file, name)
    node = class_node(folder / "_enums.py", name)
    if node is None:
        return Anything()
    assigned = [item.value for item in node.body if isinstance(item, ast.Assign)]
    values = [it.value for it in assigned if isinstance(it, ast.Constant)]
    return Enumerated(name, tuple(value for value in values if isinstance(value, str | int | float)))


def _last_name(node: ast.expr) -> str:
    return ast.unparse(node).rsplit(".", 1)[-1]
