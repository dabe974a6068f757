"""Pulumi inputs as the parameters of an AWS API operation, by the service's own model in botocore.

Pulumi and AWS use nearly the same names: `vpcSecurityGroupIds` is `VpcSecurityGroupIds`, `defaultActions` is
`DefaultActions`. Only real differences are written down, in each service's file.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from wire_format import Properties, Value

_PAIRS = ({"key", "value"}, {"name", "value"})


def parameters(client: Any, operation: str, inputs: Properties, renames: Mapping[str, str]) -> dict[str, Any]:
    """Return the inputs that the operation has a parameter for, with the API's names at every depth.

    An input that the operation does not have is left out: it belongs to another call or to the provider.
    A name inside a nested object is never left out, so botocore refuses what the API does not know.
    """
    members = operation_shape(client, operation).members
    sent = {}
    for name, value in inputs.items():
        member = renames[name] if name in renames else matching(name, members)
        if member is not None and member in members and value is not None:
            sent[member] = _converted(value, members[member])
    return sent


def operation_shape(client: Any, operation: str) -> Any:
    """Return botocore's model of what an operation takes."""
    api_name = client.meta.method_to_api_mapping[operation]
    return client.meta.service_model.operation_model(api_name).input_shape


def matching(name: str, members: Mapping[str, Any]) -> str | None:
    """Return the API's name for the same word: without case, and plural where Pulumi made a plural."""
    by_word = {_word(member): member for member in members}
    return next((by_word[word] for word in _words(name) if word in by_word), None)


def _words(name: str) -> Iterator[str]:
    word = _word(name)
    yield word
    yield f"{word}s"
    if word.endswith("ies"):
        yield f"{word[:-3]}y"
    if word.endswith("es"):
        yield word[:-2]
    if word.endswith("s"):
        yield word[:-1]


def _word(name: str) -> str:
    return name.replace("_", "").lower()


def _converted(value: Value, shape: Any) -> Any:
    if shape.type_name == "structure" and isinstance(value, Mapping):
        members = shape.members
        named = {name: matching(name, members) for name, item in value.items() if item is not None}
        return {
            member or name: _converted(value[name], members[member]) if member else value[name]
            for name, member in named.items()
        }
    if shape.type_name == "list":
        return _list(value, shape.member)
    if shape.type_name == "map" and isinstance(value, Mapping):
        return {key: _converted(item, shape.value) for key, item in value.items()}
    if shape.type_name in {"integer", "long", "float", "double"} and isinstance(value, str):
        # Numbers that the SDK types as text, such as the bounds of a scaling step.
        with suppress(ValueError):
            return float(value) if "." in value else int(value)
    return value


def _list(value: Value, item: Any) -> Any:
    if isinstance(value, Mapping) and item.type_name == "structure":
        words = {_word(member): member for member in item.members}
        pair = next((pair for pair in _PAIRS if pair == set(words)), None)
        if pair is not None:
            first = words["key" if "key" in pair else "name"]
            return [{first: key, words["value"]: text} for key, text in sorted(value.items())]
    # Pulumi gives a block that may occur once as an object, the API takes a list of one.
    items = value if isinstance(value, list) else [value]
    return [_converted(entry, item) for entry in items]


def block(given: Properties) -> dict[str, Any]:
    """Return a nested block under the API's names: Pulumi's with a capital, for a call without renames."""
    return {name[0].upper() + name[1:]: value for name, value in given.items() if value is not None}


def pairs(tags: Mapping[str, str] | None) -> list[dict[str, str]]:
    """Return the tags in the form that most AWS services take."""
    return [{"Key": key, "Value": value} for key, value in sorted((tags or {}).items())]
