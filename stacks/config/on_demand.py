"""Blocks of which a stack file has one kind or none."""

from typing import Annotated, Any, get_args

from pydantic import BaseModel, Field, GetJsonSchemaHandler, SerializationInfo, TypeAdapter, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema


class OnDemand:
    """Annotation of a block, or of a union of blocks, whose validator is made when the file has the block.

    To make all of them took a twentieth of production's plan, which has one kind of database and no Clerk.

    Args:
        discriminator: key that says which of the union's blocks it is; left out for a single block.

    """

    def __init__(self, discriminator: str = "") -> None:
        self._discriminator = discriminator
        self._whole: Any = None

    def __get_pydantic_core_schema__(self, source: Any, _: Any) -> CoreSchema:
        """Return a schema that looks at the discriminator alone."""
        by = self._discriminator
        if not by:
            self._whole = source
            return _made_when_given(source)
        self._whole = Annotated[source, Field(discriminator=by)]
        choices: dict[Any, CoreSchema] = {
            tag: _made_when_given(model)
            for model in get_args(source)
            for tag in get_args(model.model_fields[by].annotation)
        }
        return core_schema.tagged_union_schema(choices, discriminator=by, serialization=_AS_IT_IS)

    def __get_pydantic_json_schema__(self, _: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Show the whole of it to editors."""
        whole = TypeAdapter(self._whole).core_schema
        # A schema around it: what the handler itself is given gets no place of its own among the definitions.
        return handler(core_schema.no_info_after_validator_function(lambda given: given, whole))


def _made_when_given(model: type[BaseModel]) -> CoreSchema:
    def validated(value: Any, info: ValidationInfo) -> BaseModel:
        return model.model_validate(value, context=info.context)

    return core_schema.with_info_plain_validator_function(validated, serialization=_AS_IT_IS)


def _dumped(block: BaseModel, info: SerializationInfo) -> dict[str, Any]:
    return block.model_dump(
        mode=info.mode, exclude_unset=info.exclude_unset, exclude_defaults=info.exclude_defaults
    )


_AS_IT_IS = core_schema.plain_serializer_function_ser_schema(_dumped, info_arg=True)
"""Writes a block by its own class, of which the union knows nothing."""
