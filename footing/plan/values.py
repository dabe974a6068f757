"""What the SDK sends to the engine, read as the plan's values."""

import re
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

import wire_format
from footing.plan.model import Value, secret, unknown

# A program's own key that reads like a mark gets one more "$".
_LIKE_A_MARK: Final = re.compile(r"\$+(unknown|secret|resource|asset|archive)")

# Shorter secrets are hidden where they are a whole value only: "1" is a part of nearly every text.
_LEAST_HIDDEN_WITHIN_TEXT: Final = 6


class ValueReader(wire_format.MarkDecoder):
    """Reads protobuf values; where it meets a secret it writes the marker without looking inside.

    Args:
        root: the project; asset paths below it become relative to it.
        secrets: plain texts that must not appear even where a program lost their secret mark.

    """

    def __init__(self, root: Path, secrets: Collection[str] = ()) -> None:
        super().__init__(unknown=unknown(), secret=secret())
        self._root = root
        self._secrets = frozenset(text for text in secrets if text)
        self._hidden_within = tuple(text for text in self._secrets if len(text) >= _LEAST_HIDDEN_WITHIN_TEXT)

    def struct(self, message: Any, hidden: Collection[str] = ()) -> dict[str, Value]:
        """Return a `google.protobuf.Struct` as a dict, with the secret marker for the keys in `hidden`."""
        # Not `items()`: that is a generator in Python, and this runs for each mapping of a plan.
        fields, values = message.fields, {}
        for key in fields:
            name = f"${key}" if key.startswith("$") and _LIKE_A_MARK.fullmatch(key) else key
            values[name] = secret() if key in hidden else self.value(fields[key])
        return values

    def text(self, text: str) -> Value:
        """Return the text, or a marker where it is unknown or gives a secret away."""
        if text in self._secrets:
            return secret()
        for part in self._hidden_within:
            if part in text:
                return secret()
        return super().text(text)

    def asset(self, content: dict[str, Value]) -> dict[str, Value]:
        """Return an asset's content with its path relative to the project."""
        path = content.get("path")
        if not isinstance(path, str) or not Path(path).is_relative_to(self._root):
            return content
        return {**content, "path": Path(path).relative_to(self._root).as_posix()}
