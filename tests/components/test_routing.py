from fnmatch import fnmatchcase
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.service.routing import LAST_PRIORITY, RoutingArgs, priority_of, routing_args, routing_problems

HOSTNAMES = st.sampled_from(
    ["a.example.com", "b.example.com", "*.example.com", "*.a.example.com", "x.a.example.com"]
)
PATHS = st.sampled_from(
    ["/", "/*", "/a", "/a*", "/a/*", "/a/b", "/a/b/*", "/a/*/b", "/a/*/b*", "/a/?", "/a/??", "/a/x?", "/b", "/b/*"]
)
RULES = st.builds(
    lambda name, hostnames, paths: (name, routing_args(name, hostnames, paths)),
    st.text("abcdefgh", min_size=1, max_size=6),
    st.lists(HOSTNAMES, max_size=3, unique=True),
    st.lists(PATHS, max_size=3, unique=True),
)
SERVICES = st.lists(RULES, max_size=8, unique_by=lambda it: it[0]).map(dict)


def within(inner: str, outer: str) -> bool:
    """Whether `outer` matches all that `inner` does, for patterns with * or ?: letters that stand in neither."""
    fillers = [inner.replace("*", filler).replace("?", "Z") for filler in ("", "Z", "ZZZ")]
    return all(fnmatchcase(filler, outer) for filler in fillers) and ("*" in outer or "*" not in inner)


def covers(one: RoutingArgs, other: RoutingArgs) -> bool:
    """Whether `one` matches every request of `other`."""
    hosts = not one.hostnames or (
        other.hostnames and all(any(within(it, outer) for outer in one.hostnames) for it in other.hostnames)
    )
    return bool(hosts) and all(any(within(it, outer) for outer in one.paths) for it in other.paths)


@given(SERVICES, RULES)
def test_another_service_moves_none(services: dict[str, RoutingArgs], added: tuple[str, RoutingArgs]):
    again = {
        name: routing_args(name, it.hostnames, it.paths) for name, it in ({added[0]: added[1]} | services).items()
    }
    assert {name: again[name].priority for name in services} == {
        name: it.priority for name, it in services.items()
    }


@given(SERVICES)
def test_rule_for_some_of_anothers_requests_is_asked_before_it(services: dict[str, RoutingArgs]):
    ambiguous = {key.split(".")[1] for key, _ in routing_problems(services)}
    clear = {name: it for name, it in services.items() if name not in ambiguous}
    for one, other in combinations(clear.values(), 2):
        for general, special in ((one, other), (other, one)):
            if covers(general, special):
                assert special.priority < general.priority
    assert all(0 < it.priority <= LAST_PRIORITY for it in services.values())


def test_longer_path_comes_first_then_host_names_and_all_others_last():
    ordered = [
        priority_of("one", [], ["/api/v1/*"]),
        priority_of("two", ["a.example.com"], ["/api/*"]),
        priority_of("three", [], ["/api/*"]),
        priority_of("four", ["a.example.com"], ["/*"]),
        priority_of("five", ["*.example.com"], ["/*"]),
        priority_of("six", [], ["/*"]),
    ]
    assert ordered == sorted(ordered)
    assert ordered[-1] == LAST_PRIORITY


def test_forty_services_by_host_name_have_places_of_their_own():
    services = {f"service-{number}": [f"s{number}.example.com"] for number in range(40)}
    rules = {name: routing_args(name, hostnames) for name, hostnames in services.items()}
    assert list(routing_problems(rules)) == []


@pytest.mark.parametrize(
    ("hostnames", "paths", "key", "sentence"),
    [
        (["Shop.example.com"], [], "hostnames", "allowed names such as"),
        (["*.com"], [], "hostnames", "allowed names such as"),
        (["*.a.b.c.d.e.f.com"], [], "hostnames", "up to 6 labels"),
        ([], ["api"], "paths", "a / first"),
        ([], ["/a b"], "paths", "letters, digits"),
        ([], ["/" + 128 * "a"], "paths", "up to 128"),
        ([], ["/a?/*"], "paths", "not both"),
        ([f"{it}.example.com" for it in "abcd"], ["/a", "/b"], "paths", "given 6 host names and paths"),
        (["*.example.com"], ["/*/*/*", "/a/*/*"], "paths", "given 6 wildcards"),
    ],
)
def test_rule_that_aws_refuses_is_refused_with_its_key(
    hostnames: list[str], paths: list[str], key: str, sentence: str
):
    [(found, problem)] = routing_problems({"shop": routing_args("shop", hostnames, paths)})
    assert found == f"services.shop.{key}"
    assert sentence in problem


@pytest.mark.parametrize(
    ("one", "other", "key", "sentence"),
    [
        (routing_args("a"), routing_args("b"), "hostnames", "allowed for one service alone"),
        (routing_args("a", [], ["/x"]), routing_args("b", [], ["/y", "/x"]), "paths", "given */x, which a has"),
        (routing_args("a", ["x.example.com"]), routing_args("b", ["x.example.com"]), "paths", "x.example.com/*"),
        (
            routing_args("a", ["x.example.com"], priority=7),
            routing_args("b", ["y.example.com"], priority=7),
            "priority",
            "given 7, as a has; set another for one",
        ),
        (
            routing_args("a"),
            routing_args("b", ["x.example.com"], priority=50_001),
            "priority",
            "allowed 1 to 50000",
        ),
    ],
)
def test_services_that_get_in_each_others_way_are_refused(
    one: RoutingArgs, other: RoutingArgs, key: str, sentence: str
):
    [(found, problem)] = routing_problems({"a": one, "b": other})
    assert found == f"services.b.{key}"
    assert sentence in problem


def test_load_balancer_has_place_for_a_hundred_rules():
    rules = {f"s{it}": routing_args(f"s{it}", [f"s{it}.example.com"], priority=it + 1) for it in range(101)}
    assert list(routing_problems(rules)) == [
        ("services", "given 101 web services, allowed 100 behind one load balancer")
    ]
