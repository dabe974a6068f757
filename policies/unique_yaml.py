"""YAML as people write it for this project: a key that is written twice is refused."""

from collections.abc import Hashable
from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """Refuses a key written twice: the second would silently win."""


def _unique_mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    keys = set()
    for key, _ in node.value:
        if key.value in keys:
            problem = f"the key {key.value} is written twice"
            raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
        keys.add(key.value)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _unique_mapping)


def parse(text: str) -> Any:
    """Return the document in `text`.

    Raises:
        yaml.YAMLError: it is not YAML, or a key of a block is written twice.

    """
    return yaml.load(text, Loader=_Loader)  # noqa: S506  a SafeLoader
