"""Which address a load test asks, and whether people use what answers there."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from msgspec import Struct

if TYPE_CHECKING:
    from stacks.config.stack import StackConfig

VARIABLES: Final = ("API_URL", "BASE_URL", "K6_BASE_URL")
"""Variables of the environment that name the address, in the order of reading. Source: S2-61, S3-83."""
FLAG: Final = "--against-production"


class Address(Struct, frozen=True, kw_only=True):
    """An address, and who named it."""

    url: str
    """Without a slash at its end."""
    source: str
    """`--url`, a variable of the environment, or the stack file; for people."""


def given_address(option: str | None, environment: Mapping[str, str]) -> Address | None:
    """Return the address that the command line or the environment names; None where neither does.

    Raises:
        ConfigError: it is no address over HTTP.

    """
    from stacks.config.errors import ConfigError

    found = [("--url", option or ""), *((name, environment.get(name, "")) for name in VARIABLES)]
    source, url = next(((source, url) for source, url in found if url), ("", ""))
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
        shown = f"{parts.scheme}://…@{parts.hostname}" if parts.username else url
        raise ConfigError(
            "the address", [f"{source}: given {shown}, allowed https://HOST with or without a path, and no login"]
        )
    return Address(url=url.rstrip("/"), source=source)


def refusal(stack: str, config: "StackConfig", address: Address, folder: Path) -> str | None:
    """Return the sentence why the address is not loaded without the flag; None where it may be."""
    from stacks.load_scenarios import is_live

    if is_live(config):
        return (
            f"stack {stack}: people use it (load_generator.live, or a protected database), and a load test takes "
            f"their place. Given without {FLAG}, allowed with it."
        )
    host = urlsplit(address.url).hostname or ""
    for path, name in _live_hosts(folder):
        if host == name or host.endswith(f".{name}"):
            return (
                f"{address.source}: given {host}, which people use: it is of {path.name}. Allowed with {FLAG}, or "
                "another address."
            )
    return None


def _live_hosts(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield the zone of each live stack whose file lies in a folder."""
    from stacks.config import ConfigError, from_file
    from stacks.load_scenarios import is_live

    for path in sorted(folder.glob("Pulumi.*.yaml")):
        try:
            config = from_file(path, secrets_stood_in=True).config
        except (ConfigError, OSError):
            continue
        if config.edge and is_live(config):
            yield path, config.edge.zone
