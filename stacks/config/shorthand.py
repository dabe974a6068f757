"""A value alone in place of a block: what it stands for, in messages and in the JSON Schema."""

from typing import Any

from pydantic import BaseModel, GetJsonSchemaHandler, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, PydanticKnownError, core_schema


class Shorthand:
    """Annotation of a block that may be given as the value of one of its keys: 18 for {maximum: 18}."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Take a value that is no block for that of the key."""
        return core_schema.no_info_wrap_validator_function(self._whole, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Show the value beside the block."""
        block = handler(schema)
        described = handler.resolve_ref_schema(block)["properties"][self.key]
        return {"anyOf": [{name: it for name, it in described.items() if name not in _OF_THE_KEY}, block]}

    def _whole(self, value: Any, handler: Any) -> Any:
        if isinstance(value, dict | list | BaseModel):
            return handler(value)
        try:
            return handler({self.key: value})
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            kind, context = first["type"], first.get("ctx", {})
            try:
                found: Exception = PydanticKnownError(kind, context or None)  # type: ignore[arg-type]
            except KeyError:
                found = PydanticCustomError(kind, "{allowed}", {"allowed": first["msg"]})
            raise found from None


_OF_THE_KEY = {"default", "description", "title"}
