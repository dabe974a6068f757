"""What every configuration model shares: strictness, and how a documented limit becomes a field's range."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from policies.aws_offers import RDS_CLASSES, class_fault
from policies.limits import Limit

Problem = tuple[str, str]
"""Key of what does not fit, and the sentence about it."""


class Model(BaseModel):
    """A block of configuration: frozen, no unknown key, no guessing of types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Within:
    """Annotation that holds an integer to a documented limit, in messages and in the JSON Schema."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Check the limit after the type."""
        schema: CoreSchema = handler.generate_schema(Annotated[source, AfterValidator(self._check)])
        return schema

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Show the bounds to editors."""
        shown = handler(schema)
        return {**shown, "minimum": self.limit.minimum, "maximum": self.limit.maximum}

    def _check(self, value: int) -> int:
        if not self.limit.allows(value):
            raise PydanticCustomError(
                "limit", "{allowed} ({why})", {"allowed": self.limit.range, "why": self.limit.why}
            )
        return value


def _unique(values: list[Any]) -> list[Any]:
    """Return `values`, each of which may stand there once, in whatever case."""
    seen = [it.lower() if isinstance(it, str) else it for it in values]
    twice = next((value for number, value in enumerate(values) if seen[number] in seen[:number]), None)
    if twice is not None:
        raise PydanticCustomError("unique", "each entry once: {twice} is there twice", {"twice": twice})
    return values


UNIQUE = AfterValidator(_unique)
"""Annotation of a list in which no entry may stand twice."""

Name = Annotated[str, Field(pattern=r"^[a-z]([a-z0-9]|-[a-z0-9])*$", max_length=16)]
"""Part of physical names: lower case, digits, single hyphens inside, at most 16 characters.

RDS and ElastiCache refuse identifiers with two hyphens in a row, or one at the end.
"""

HOSTNAME = r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$"
Hostname = Annotated[str, Field(pattern=HOSTNAME)]
"""Fully qualified host name without a trailing dot."""

SERVED_HOSTNAME = r"^(\*\.)?" + HOSTNAME.removeprefix("^")
ServedHostname = Annotated[str, Field(pattern=SERVED_HOSTNAME)]
"""Such a name, or `*.` and one: every name one level below it."""

SIZE = r"(micro|small|medium|large|\d{0,2}xlarge)"
"""Sizes of instances, as a pattern."""


def offered(classes: Mapping[str, tuple[str, ...]]) -> AfterValidator:
    """Return an annotation of a text that must be one of `classes`, sizes by family."""

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
