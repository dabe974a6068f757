"""Asking Redis: commands that read, and three round trips over keys and a channel of their own."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from observability import RedisQuestion
from readiness.answer import Askers, NotAskedError
from readiness.context import LiveStack, filled

READS: Final = frozenset({"PING", "INFO", "CONFIG GET", "DBSIZE", "LASTSAVE", "MEMORY STATS", "ROLE", "TIME"})
"""Commands that change nothing."""
SECONDS: Final = 5.0
"""How long a connection or an answer may take, in seconds."""
TTL_SECONDS: Final = 10
"""How long a key of a round trip lives where nobody deletes it, in seconds."""
PREFIX: Final = "footing:ready:"
"""Begin of the names of these keys."""


def askers(live: LiveStack) -> Askers:
    """Return who asks Redis."""
    return {RedisQuestion: RedisAsker(live)}


def address(store: str, live: LiveStack) -> tuple[str, str]:
    """Return where a store is asked, and the name of the output or variable that says so.

    Raises:
        NotAskedError: there is no address that this machine could reach.

    """
    own = "" if store == "cache" else f"_{store.replace('-', '_')}"
    output, variable = f"redis{own}_url", f"REDIS_URL{own.upper()}"
    if output in live.open_outputs and live.outputs.get(output):
        return str(live.outputs[output]), output
    if live.environment.get(variable):
        return live.environment[variable], variable
    if output in live.open_outputs:
        raise NotAskedError(f"the stack has no output {output}; run footing up")
    if live.simulated:
        raise NotAskedError("the simulated cloud has no Redis")
    raise NotAskedError(
        f"the store has no public door; footing connect STACK redis opens a tunnel, its address goes to {variable}"
    )


class RedisAsker:
    """Asks the stores of a stack, over a connection for each question."""

    def __init__(self, live: LiveStack) -> None:
        self._live = live

    def __call__(self, question: RedisQuestion) -> object:
        """Return the answer of the command, or the line of it that the question is about.

        Raises:
            NotAskedError: the store cannot be reached, or the command is none that may be sent.

        """
        asked = filled(question, self._live)
        words = [it.upper() for it in asked.command]
        trip = ROUND_TRIPS.get(words[0])
        if trip is None and not {words[0], " ".join(words[:2])} & READS:
            raise NotAskedError(f"{asked} is no command that only reads")
        url, name = address(asked.store, self._live)
        try:
            import redis
        except ImportError:
            raise NotAskedError("Redis is asked by its client redis: install footing[ready]") from None

        parts = urlsplit(url)
        without_password = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        client = redis.Redis.from_url(
            url if asked.signed_in else without_password,
            socket_timeout=SECONDS,
            socket_connect_timeout=SECONDS,
            decode_responses=True,
        )
        try:
            if trip:
                return trip(client)
            answer = client.execute_command(*asked.command)  # type: ignore[no-untyped-call]
            if isinstance(answer, list) and asked.path:
                answer = dict(zip(answer[::2], answer[1::2], strict=False))
            return answer.get(asked.path) if isinstance(answer, Mapping) and asked.path else answer
        except (redis.AuthenticationError, redis.ResponseError) as error:
            if not asked.signed_in:
                return f"refused: {error}"
            raise NotAskedError(f"{name}: {error}") from None
        except redis.RedisError as error:
            raise NotAskedError(f"{name}, {parts.hostname}: {error}") from None
        finally:
            client.close()


def _value(client: Any) -> object:
    """Return what a key holds that was just set."""
    key, value = f"{PREFIX}{uuid4().hex}", uuid4().hex
    try:
        client.set(key, value, ex=TTL_SECONDS)
        return "the same" if client.get(key) == value else "another value"
    finally:
        client.delete(key)


def _time_to_live(client: Any) -> object:
    """Return the time to live, in seconds, of a key that was set with one."""
    key = f"{PREFIX}{uuid4().hex}"
    try:
        client.setex(key, TTL_SECONDS, "ready")
        return client.ttl(key)
    finally:
        client.delete(key)


def _message(client: Any) -> object:
    """Return what a subscriber gets of what is published."""
    channel, text = f"{PREFIX}{uuid4().hex}", uuid4().hex
    with client.pubsub() as subscriber:
        subscriber.subscribe(channel)
        subscriber.get_message(timeout=SECONDS)
        client.publish(channel, text)
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            message = subscriber.get_message(timeout=SECONDS)
            if message and message["type"] == "message":
                return "the same" if message["data"] == text else "another message"
    return "nothing arrives"


ROUND_TRIPS: Final[Mapping[str, Callable[[Any], object]]] = {
    "SET": _value,
    "SETEX": _time_to_live,
    "PUBLISH": _message,
}
"""What is asked by writing first; the key is deleted, and would go by itself."""
