"""What every configuration model shares: strictness, and how a documented limit becomes a field's range."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ValidationInfo,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from policies.aws_offers import RDS_CLASSES, Classes, class_fault
from policies.limits import Limit

Problem = tuple[str, str]
"""Key of what does not fit, and the sentence about it."""


class Model(BaseModel):
    """A block of configuration: frozen, no unknown key, no guessing of types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Within:
    """Annotation that holds an integer to a documented limit, in messages and in the JSON Schema.

    The validation's context may hold, by the limit's key, the number that the stack's `limit_exceptions` allow.
    """

    def __init__(self, limit: Limit) -> None:
        self.limit = limit

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Check the limit after the type."""
        schema: CoreSchema = handler.generate_schema(Annotated[source, AfterValidator(self._check)])
        return schema

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Show the bounds to editors, unless an exception may lie outside of them."""
        shown = handler(schema)
        if self.limit.accepts_exceptions:
            return shown
        return {**shown, "minimum": self.limit.minimum, "maximum": self.limit.maximum}

    def _check(self, value: int, info: ValidationInfo) -> int:
        limit, exceptions = self.limit, info.context or {}
        if limit.allows(value) or (limit.accepts_exceptions and exceptions.get(limit.key) == value):
            return value
        excepted = limit.accepts_exceptions and exceptions.get(limit.key)
        allowed = f"{limit.range}, or {excepted} by limit_exceptions" if excepted else limit.range_or_exception
        raise PydanticCustomError("limit", "{allowed} ({why})", {"allowed": allowed, "why": limit.why})


def _unique(values: list[Any]) -> list[Any]:
    """Return `values`, each of which may stand there once, in whatever case."""
    seen = [it.lower() if isinstance(it, str) else it for it in values]
    twice = next((value for number, value in enumerate(values) if seen[number] in seen[:number]), None)
    if twice is not None:
        raise PydanticCustomError("unique", "each entry once: {twice} is there twice", {"twice": twice})
    return values


REPEATABLE = frozenset({"claims", "command", "credentials", "entry_point", "settings"})
"""Keys below which something may stand twice: words of a command, a vendor's settings, what has its own rule."""


def repeated_problems(values: Any, path: str = "") -> Iterator[Problem]:
    """Yield a key and a sentence for each list in which a plain value, or a block's `id`, stands twice."""
    for key, value in values.items() if isinstance(values, Mapping) else enumerate(values):
        here = f"{path}.{key}".removeprefix(".")
        if key in REPEATABLE:
            continue
        if isinstance(value, list):
            told = [it.get("id") if isinstance(it, Mapping) else it for it in value]
            plain = [str(it) for it in told if isinstance(it, str | int)]
            if len(set(plain)) != len(plain):
                yield here, f"given {', '.join(plain)}, allowed each once"
        if isinstance(value, (Mapping, list)):
            yield from repeated_problems(value, here)


UNIQUE = AfterValidator(_unique)
"""Annotation of a list in which no entry may stand twice, in whatever case."""

Name = Annotated[str, Field(pattern=r"^[a-z]([a-z0-9]|-[a-z0-9])*$", max_length=16)]
"""Part of physical names: lower case, digits, single hyphens inside, at most 16 characters.

RDS and ElastiCache refuse identifiers with two hyphens in a row, or one at the end.
"""

EntryName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=40)]
"""Name of an entry that the application reads: no part of a physical name."""

HOSTNAME = r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$"
Hostname = Annotated[str, Field(pattern=HOSTNAME)]
"""Fully qualified host name without a trailing dot."""

SERVED_HOSTNAME = r"^(\*\.)?" + HOSTNAME.removeprefix("^")
ServedHostname = Annotated[str, Field(pattern=SERVED_HOSTNAME)]
"""Such a name, or `*.` and one: every name one level below it."""

SIZE = r"(micro|small|medium|large|\d{0,2}xlarge)"
"""Sizes of instances, as a pattern."""


def offered(classes: Classes) -> AfterValidator:
    """Return an annotation of a text that must be one of `classes`, in any region."""

    def check(value: str) -> str:
        if fault := class_fault(value, classes):
            raise PydanticCustomError("not_offered", "{allowed}", {"allowed": fault})
        return value

    return AfterValidator(check)


InstanceClass = Annotated[str, Field(pattern=rf"^db\.[cmrtxz]\d[a-z]{{0,4}}\.{SIZE}$"), offered(RDS_CLASSES)]
"""Class of an RDS instance: a family such as r6g, and a size that RDS has of it.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Types.html
"""

VariableName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
"""Name of an environment variable."""

SecurityGroupId = Annotated[str, Field(pattern=r"^sg-[0-9a-f]{8,17}$")]
"""Id of a security group."""

SubnetId = Annotated[str, Field(pattern=r"^subnet-[0-9a-f]{8,17}$")]
"""Id of a subnet."""

Percent = Annotated[int, Field(ge=0, le=100)]
"""Whole percent."""

KeyArn = Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:kms:.+:key/.+$")]
"""ARN of a KMS key."""
