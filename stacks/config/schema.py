"""JSON Schema of a stack file, for completion and checks in editors."""

import json
from typing import Any

from stacks.config.load import PROJECT, SECRETS
from stacks.config.stack import StackConfig

SEALED_VALUE = {
    "type": "object",
    "required": ["secure"],
    "additionalProperties": False,
    "properties": {"secure": {"type": "string"}},
}
"""An encrypted value, as `pulumi config set --secret` writes it."""


def schema() -> dict[str, Any]:
    """Describe a whole stack file: keys below `config`, each with the project's name before it."""
    model = StackConfig.model_json_schema()
    keys = {f"{PROJECT}:{key}": value for key, value in model["properties"].items()}
    keys[f"{PROJECT}:{SECRETS}"] = {
        "type": "object",
        "description": "Encrypted values; set with pulumi config set --secret --path.",
        "additionalProperties": SEALED_VALUE,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Footing stack file",
        "type": "object",
        "required": ["config"],
        "properties": {
            "config": {
                "type": "object",
                "properties": keys,
                "required": [f"{PROJECT}:{key}" for key in model["required"]],
                # Keys of providers, such as aws:profile, stand beside ours; an unknown one of ours is an error.
                "patternProperties": {f"^(?!{PROJECT}:)[^:]+:[^:]+$": {}},
                "additionalProperties": False,
            }
        },
        "$defs": model["$defs"],
    }


def schema_text() -> str:
    """Return the schema as canonical text, as it is kept in docs/stack.schema.json."""
    return json.dumps(schema(), indent=2, sort_keys=True) + "\n"
