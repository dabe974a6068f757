"""A real Redis with little memory and one role's eviction policy."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis

from components.redis.roles import ENGINE_POLICIES, Role, policy_of
from lab import process, programs

MEMORY_MIB = 16
"""Small, so that it is full in a second."""


@dataclass(frozen=True, kw_only=True)
class RedisServer:
    """A running Redis."""

    port: int

    @property
    def url(self) -> str:
        """What a client connects to."""
        return f"redis://{process.LOOPBACK}:{self.port}"

    def client(self) -> redis.Redis:
        """Return a client, closed by the caller."""
        return redis.Redis(host=process.LOOPBACK, port=self.port)


@contextmanager
def running(directory: Path, role: Role, port: int | None = None) -> Iterator[RedisServer]:
    """Yield a Redis in `directory` with the policy of `role`, ended afterwards; on a free port when left out."""
    port = port or process.free_port()
    options = {
        "bind": process.LOOPBACK,
        "port": port,
        "save": "",
        "maxmemory": f"{MEMORY_MIB}mb",
        "maxmemory-policy": policy_of(role, ENGINE_POLICIES, None),
    }
    command = [programs.find("redis-server")]
    command += [word for name, value in options.items() for word in (f"--{name}", str(value))]
    with process.running("redis", command, directory, port):
        yield RedisServer(port=port)
