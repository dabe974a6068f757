"""What the SDK sends to the engine, read as the plan's values.

The signatures and the unknown are Pulumi's wire format, the same in every SDK and engine:
https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/sig/sig.go
"""

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

from footing.plan.model import Value, secret, unknown

SIGNATURE_KEY: Final = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 a type tag of the wire format
ASSET_SIGNATURE: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE_SIGNATURE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
RESOURCE_SIGNATURE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT_SIGNATURE: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

# A program's own key that reads like a mark gets one more "$".
_LIKE_A_MARK: Final = re.compile(r"\$+(unknown|secret|resource|asset|archive)")

# Shorter secrets are hidden where they are a whole value only: "1" is a part of nearly every text.
_LEAST_HIDDEN_WITHIN_TEXT: Final = 6


class ValueReader:
    """Reads protobuf values; where it meets a secret it writes the marker without looking inside.

    Args:
        root: the project; asset paths below it become relative to it.
        secrets: plain texts that must not appear even where a program lost their secret mark.

    """

    def __init__(self, root: Path, secrets: Collection[str] = ()) -> None:
        self._root = root
        self._secrets = frozenset(text for text in secrets if text)
        self._hidden_within = tuple(text for text in self._secrets if len(text) >= _LEAST_HIDDEN_WITHIN_TEXT)

    def struct(self, message: Any, hidden: Collection[str] = ()) -> dict[str, Value]:
        """Read a `google.protobuf.Struct`, writing the secret marker for the keys in `hidden`."""
        return {
            f"${key}" if _LIKE_A_MARK.fullmatch(key) else key: secret() if key in hidden else self.value(item)
            for key, item in message.fields.items()
        }

    def value(self, message: Any) -> Value:
        """Read a `google.protobuf.Value`."""
        kind = message.WhichOneof("kind")
        if kind == "string_value":
            return self._text(message.string_value)
        if kind == "number_value":
            number = message.number_value
            return int(number) if number.is_integer() else number
        if kind == "bool_value":
            return message.bool_value
        if kind == "list_value":
            return [self.value(item) for item in message.list_value.values]
        if kind == "struct_value":
            return self._mapping(message.struct_value)
        return None

    def _text(self, text: str) -> Value:
        if text == UNKNOWN:
            return unknown()
        if text in self._secrets or any(part in text for part in self._hidden_within):
            return secret()
        return text

    def _mapping(self, message: Any) -> Value:
        if SIGNATURE_KEY not in message.fields:
            return self.struct(message)
        signature = message.fields[SIGNATURE_KEY].string_value
        if signature == SECRET_SIGNATURE:
            return secret()
        content = {key: item for key, item in self.struct(message).items() if key != SIGNATURE_KEY}
        if signature == RESOURCE_SIGNATURE:
            return {"$resource": content.get("urn", "")}
        if signature in (ASSET_SIGNATURE, ARCHIVE_SIGNATURE):
            return {"$asset" if signature == ASSET_SIGNATURE else "$archive": self._relative(content)}
        return content

    def _relative(self, content: Mapping[str, Value]) -> dict[str, Value]:
        path = content.get("path")
        if not isinstance(path, str) or not Path(path).is_relative_to(self._root):
            return dict(content)
        return {**content, "path": Path(path).relative_to(self._root).as_posix()}
