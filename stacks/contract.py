"""The key contract as one JSON document for the application: which keys it may write, and for how long."""

import json

from stacks.config.cache import SEPARATOR, VERSION, CacheConfig

SCHEMA = "footing/cache-contract/1"
"""Name and version of the document's form; the number rises when a reader would have to change."""

CONTRACT_VARIABLE = "CACHE_CONTRACT"
"""Variable in which the service finds the document."""


def cache_contract(cache: CacheConfig) -> str:
    """Return the contract as canonical JSON: the same configuration gives the same text."""
    document = {
        "schema": SCHEMA,
        "separator": SEPARATOR,
        "keys": [
            {
                "pattern": key.pattern,
                "prefix": SEPARATOR.join(key.prefix),
                "placeholders": key.placeholders,
                "ttl_seconds": key.ttl_seconds,
                "version_key": _version_key(key.version_key) if key.version_key else None,
                "invalidated_on": key.invalidated_on,
            }
            for key in cache.keys
        ],
        "version_keys": [{"name": name, "key": _version_key(name)} for name in cache.version_keys],
    }
    return json.dumps(document, separators=(",", ":"), sort_keys=True)


def _version_key(name: str) -> str:
    return f"{VERSION}{SEPARATOR}{name}"
