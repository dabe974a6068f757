"""What the engine sends of a resource, as what rules judge."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final

from policies.resource import SECRET, UNKNOWN
from wire_format import MarkDecoder

DECODER: Final = MarkDecoder(unknown=UNKNOWN, secret=SECRET)
"""Gives rules the marks that they know, and never a secret."""


class Decoded(Mapping[str, Any]):
    """Properties decoded when somebody first reads them, and once."""

    def __init__(self, message: Any) -> None:
        self._message = message

    @cached_property
    def _plain(self) -> dict[str, Any]:
        return DECODER.struct(self._message)

    def __getitem__(self, key: str) -> Any:
        return self._plain[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._plain)

    def __len__(self) -> int:
        return len(self._plain)
