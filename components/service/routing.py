"""Which requests a web service answers, and in which order the load balancer asks, as plain data.

The first rule that matches wins, so a rule for some of another's requests has to come first. Its place follows
from the rule alone, never from its neighbours: a service that comes or goes moves no other.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from itertools import combinations, product
from zlib import crc32

from msgspec import Struct

EVERY_PATH = "/*"
"""Pattern of all paths."""
LAST_PRIORITY = 50_000
"""Largest priority of a rule, that of a service for all other requests."""
MOST_VALUES, MOST_WILDCARDS, MOST_RULES = 5, 5, 100
"""Values and wildcards of one rule over all its conditions, and rules of one load balancer.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
"""
MOST_CHARACTERS = 128
"""Characters of a path pattern, and of a host name."""
_PATH = re.compile(r"/[A-Za-z0-9_\-.$/~\"'@:+&*?]*")
_HOSTNAME = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]+")
_EXACT, _NO_HOST = 0, 6
"""Least and most general class of host names; between them those with a wildcard, by how many labels follow it."""
_MOST_LABELS = 6
"""Labels after a wildcard."""


class RoutingArgs(Struct, frozen=True, kw_only=True):
    """Requests that a service answers: to one of the host names, and with one of the paths."""

    hostnames: list[str]
    """Host names, `*.` first for all below one; every name when empty."""
    paths: list[str]
    """Path patterns; `*` stands for any characters and `?` for one."""
    priority: int
    """Place of the rule, 1 to 50000: a lower one is asked first."""

    @property
    def conditions(self) -> dict[str, list[str]]:
        """Return the values of each condition: of host names alone, a rule says nothing about paths."""
        every_path = bool(self.hostnames) and self.paths == [EVERY_PATH]
        conditions = {"host_header": self.hostnames, "path_pattern": [] if every_path else self.paths}
        return {kind: values for kind, values in conditions.items() if values}

    def answers(self, hostname: str, path: str) -> bool:
        """Return whether the rule matches such a request."""
        hosts, paths = self.hostnames or ["*"], self.paths
        return any(fnmatchcase(hostname, it) for it in hosts) and any(fnmatchcase(path, it) for it in paths)

    @property
    def values(self) -> list[str]:
        """Return the values of all conditions, which AWS counts together."""
        return [value for values in self.conditions.values() for value in values]


def routing_args(
    name: str, hostnames: Sequence[str] = (), paths: Sequence[str] = (), priority: int | None = None
) -> RoutingArgs:
    """Return the rule of the service `name`, every path where none is given, in its own place or in `priority`."""
    patterns = [re.sub(r"\*+", "*", path) for path in paths] or [EVERY_PATH]
    place = priority_of(name, hostnames, patterns) if priority is None else priority
    return RoutingArgs(hostnames=[*hostnames], paths=patterns, priority=place)


def answering(rules: Mapping[str, RoutingArgs], hostname: str, path: str) -> str | None:
    """Return the name of the service whose rule is the first to match such a request; None where none does."""
    matching = [name for name, rule in rules.items() if rule.answers(hostname, path)]
    return min(matching, key=lambda name: rules[name].priority, default=None)


def priority_of(name: str, hostnames: Sequence[str], paths: Sequence[str]) -> int:
    """Return the place of a rule: longer paths first, then fewer wildcards, then host names before none.

    Within a kind of rule it is a hash of `name`. What AWS would refuse has some place too.
    """
    if not hostnames and EVERY_PATH in paths:
        return LAST_PRIORITY
    literals, stars = max((-_literals(path), path.count("*")) for path in paths)
    host = max(map(_host_class, hostnames), default=_NO_HOST)
    start, width = _bands()[min(max(-literals, 1), MOST_CHARACTERS), min(stars, MOST_WILDCARDS), host]
    return start + crc32(name.encode()) % width


def _literals(path: str) -> int:
    return len(path) - path.count("*") - path.count("?")


def _host_class(hostname: str) -> int:
    if not hostname.startswith("*"):
        return _EXACT
    # `*.a.example.com` is a part of `*.example.com`.
    return _NO_HOST - 1 - min(max(hostname.count(".") - 2, 0), _MOST_LABELS - 2)


@cache
def _bands() -> Mapping[tuple[int, int, int], tuple[int, int]]:
    """Return first priority and number of priorities for each kind of rule, the most specific first."""
    bands, start = {}, 1
    kinds = product(range(MOST_CHARACTERS, 0, -1), range(MOST_WILDCARDS + 1), range(_NO_HOST + 1))
    for kind in kinds:
        bands[kind] = (start, _width(*kind))
        start += _width(*kind)
    return bands


def _width(literals: int, stars: int, host: int) -> int:
    """Return how many priorities a kind of rule has: most where most services are."""
    every_path = (literals, stars) == (1, 1)
    if every_path and host == _NO_HOST:
        return 0
    if every_path:
        return 20_000 if host == _EXACT else 50
    if stars > 1 or host not in (_EXACT, _NO_HOST):
        return 2
    return 190 if literals <= 24 else 5


def routing_problems(rules: Mapping[str, RoutingArgs]) -> Iterator[tuple[str, str]]:
    """Return a key of the configuration and a sentence for each rule that AWS would refuse, or never use."""
    if len(rules) > MOST_RULES:
        yield "services", f"given {len(rules)} web services, allowed {MOST_RULES} behind one load balancer"
    for name, rule in rules.items():
        yield from _own_problems(f"services.{name}", rule)
    for (one, first), (other, second) in combinations(rules.items(), 2):
        both = sorted(_pairs(first) & _pairs(second))
        if ("*", EVERY_PATH) in both:
            yield (
                f"services.{other}.hostnames",
                f"given none and no paths, as {one} has, allowed for one service alone",
            )
        elif both:
            shared = ", ".join(f"{host}{path}" for host, path in both)
            yield (
                f"services.{other}.paths",
                f"given {shared}, which {one} has as well, allowed in one service alone",
            )
        elif first.priority == second.priority:
            yield (
                f"services.{other}.priority",
                f"given {second.priority}, as {one} has; set another for one",
            )


def _pairs(rule: RoutingArgs) -> set[tuple[str, str]]:
    return set(product(rule.hostnames or ["*"], rule.paths))


def _own_problems(key: str, rule: RoutingArgs) -> Iterator[tuple[str, str]]:
    for hostname in rule.hostnames:
        labels = hostname.count(".") + (not hostname.startswith("*"))
        if not _HOSTNAME.fullmatch(hostname) or len(hostname) > MOST_CHARACTERS or labels < 2:
            yield f"{key}.hostnames", f"given {hostname}, allowed names such as api.example.com or *.example.com"
        elif hostname.startswith("*") and labels > _MOST_LABELS:
            yield f"{key}.hostnames", f"given {hostname}, allowed up to {_MOST_LABELS} labels after the wildcard"
    for path in rule.paths:
        if not _PATH.fullmatch(path) or len(path) > MOST_CHARACTERS:
            allowed = f"a / first, up to {MOST_CHARACTERS} letters, digits and _-.$/~\"'@:+&, * and ?"
            yield f"{key}.paths", f"given {path}, allowed {allowed}"
        elif "*" in path and "?" in path:
            yield f"{key}.paths", f"given {path}, allowed * or ? in one path, not both"
    values = "".join(rule.values)
    if len(rule.values) > MOST_VALUES:
        yield f"{key}.paths", f"given {len(rule.values)} host names and paths together, allowed {MOST_VALUES}"
    if (wildcards := values.count("*") + values.count("?")) > MOST_WILDCARDS:
        yield f"{key}.paths", f"given {wildcards} wildcards in host names and paths, allowed {MOST_WILDCARDS}"
    if not 0 < rule.priority <= LAST_PRIORITY:
        yield f"{key}.priority", f"given {rule.priority}, allowed 1 to {LAST_PRIORITY}"
