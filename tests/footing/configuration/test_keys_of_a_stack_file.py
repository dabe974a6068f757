"""The keys of the model, and of the shapes that a model may have: maps by name, unions, lists, optional blocks."""

from typing import Annotated, Literal

import pytest
from pydantic import Field

from footing.configuration.completion import begun_keys
from footing.configuration.explain import all_keys, explain, is_constant, meanings, read_by
from footing.configuration.keys import Keys, UnknownKeyError, dotted, matches, parts
from footing.configuration.words import allowed, derivation
from policies import limits
from policies.rules import CATALOGUE
from stacks.config.base import Model


class Web(Model):
    """Behind the load balancer."""

    kind: Literal["web"]
    port: int = Field(default=8080, ge=1, le=65535, description="Port.")
    tasks: int = Field(description="Tasks.")


class Worker(Model):
    """Without a door."""

    kind: Literal["worker"]
    tasks: int = Field(description="Tasks.")
    queues: dict[str, list[Web]] = Field(default={}, description="What it reads.")


class Pool(Model):
    """A pool."""

    least: int


class Shape(Model):
    """Every shape that a block may have."""

    services: dict[str, Annotated[Web | Worker, Field(discriminator="kind")]] = Field(default={})
    store: Annotated[Web | Worker, Field(discriminator="kind")] | None = None
    pool: Pool = Pool(least=3)
    pools: list[Pool] | None = Field(default=None, description="Pools; the one pool when left out.")
    names: dict[str, str] = Field(default={}, description="Names.")


def keys() -> Keys:
    shape = Shape.model_json_schema()
    config = {
        "properties": {f"footing:{key}": it for key, it in shape["properties"].items()},
        "required": [f"footing:{key}" for key in shape.get("required", [])],
    }
    return Keys({"$defs": shape["$defs"], "properties": {"config": config}})


def test_maps_unions_lists_and_optional_blocks_are_followed():
    found = {dotted(it) for it in keys().leaves()}
    assert found == {
        *(f"services.NAME.{key}" for key in ("kind", "port", "tasks")),
        *(f"services.NAME.queues.NAME[].{key}" for key in ("kind", "port", "tasks")),
        *(f"store.{key}" for key in ("kind", "port", "tasks")),
        *(f"store.queues.NAME[].{key}" for key in ("kind", "port", "tasks")),
        *("pool.least", "pools[].least", "names"),
    }


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("services.api.port", "services.NAME.port"),
        ("footing:services.api", "services.NAME"),
        ("services.api.queues.mails[0].port", "services.NAME.queues.NAME[].port"),
        ("services.api.queues.mails.0.port", "services.NAME.queues.NAME[].port"),
        ("pools", "pools"),
        ("pools[]", "pools[]"),
        ("pools.least", "pools[].least"),
        ("names.anything", "names.NAME"),
    ],
)
def test_key_is_found_as_people_write_it(key: str, found: str):
    assert dotted(keys().find(key)) == found


def test_name_of_a_map_is_completed_with_a_word_in_its_place():
    below = [f"services.NAME.{key}" for key in ("kind", "port", "tasks", "queues")]
    assert begun_keys(keys(), "services.") == ["services.NAME", *below]
    assert begun_keys(keys(), "services.api.p") == ["services.api.port"]


@pytest.mark.parametrize(
    ("key", "nearest"),
    [
        ("services.api.prot", "did you mean services.api.port?"),
        ("servces.api.port", "did you mean services.api.port?"),
        ("least", "did you mean pool.least or pools[].least?"),
        ("pool.colour", "pool has least"),
        ("", "a stack file has services, store, pool, pools, names"),
        ("pool.least.more", "unknown key"),
    ],
)
def test_unknown_key_is_told_in_a_sentence_with_the_nearest(key: str, nearest: str):
    with pytest.raises(UnknownKeyError, match="unknown key") as error:
        keys().find(key)
    assert nearest in str(error.value)
    assert "\n" not in str(error.value)


def test_key_of_a_union_knows_what_chooses_it_and_a_default_above_it():
    by_key = {dotted(path): fields for path, fields in keys().fields.items()}
    assert [it.chosen for it in by_key["services.NAME.port"]] == [{"services.NAME.kind": "web"}]
    assert len(by_key["services.NAME.tasks"]) == 2
    assert by_key["pool.least"][0].outer == (("pool",), 3)
    assert by_key["pool.least"][0].required


def test_every_key_that_a_rule_or_a_limit_names_is_found():
    named = {key for rule in CATALOGUE for key in rule.keys} | {it.key for it in limits.DOCUMENTED}
    known = all_keys().fields
    assert [key for key in named if not any(matches(parts(key), it, without_names=True) for it in known)] == []


def test_every_key_has_a_meaning_and_a_reader():
    leaves = all_keys().leaves()
    assert len(leaves) > 300
    # Of one value nothing has to be read.
    unread = [dotted(it) for it in leaves if not read_by(it) and not is_constant(it)]
    assert unread == []
    nameless = [
        dotted(it) for it in leaves if any(not told.description for told in meanings(it)) and not is_constant(it)
    ]
    assert nameless == []


def test_every_kind_of_value_has_words():
    definitions = all_keys()._definitions
    told = {
        dotted(path): allowed(it.described, definitions) for path, its in all_keys().fields.items() for it in its
    }
    # A body of a request is whatever its service takes.
    anything = {key for key, words in told.items() if words == "anything"}
    assert anything == {"edge.minify", "services.NAME.smoke_tests[].steps[].body"}
    assert not [words for words in told.values() if "that matches" in words]
    assert told["database.pooler.tasks"] == "a whole number, 1 to 10"


@pytest.mark.parametrize(
    ("description", "derived"),
    [
        ("Instance class; the primary's when left out.", "the primary's"),
        ("Kept, in days; as `logs.retention_days` when left out.", "as `logs.retention_days`"),
        ("What goes when memory is full; left out, the role decides.", "the role decides"),
        ("Target of the mean memory, in percent; none when left out.", ""),
        ("Port of the metrics.", ""),
    ],
)
def test_what_a_default_is_derived_from_is_read_from_the_description(description: str, derived: str):
    assert derivation(description) == derived


def test_explanation_has_range_source_rules_and_readers():
    found = explain("database.pooler.server_connections")
    # A server of one's own, Supabase, and Neon and Fly.io, which let nobody set it.
    assert [it.allowed for it in found.meanings] == ["a whole number", "a whole number", "null", "null"]
    assert found.meanings[0].default == "80"
    assert [it.range for it in found.limits] == ["50 to 100 connections, or what limit_exceptions allow"]
    assert found.requirements["S0-02"] == "pool size 50-100 connections"
    assert "pooler-server-connections" in {it.id for it in found.rules}
    assert ("PoolSize.server_connections", "components/postgres/pooler/pgbouncer.py") in {
        (it.given_to, it.given_in) for it in found.read_by
    }


def test_block_lists_its_keys_and_the_default_above_them_wins_where_it_is_left_out():
    found = explain("database.pooler.deployment")
    assert set(found.keys) == {f"{found.key}.minimum_percent", f"{found.key}.maximum_percent"}
    (told,) = found.keys[f"{found.key}.minimum_percent"]
    assert told.default == "50 where database.pooler.deployment is left out; there none: the key is required"
