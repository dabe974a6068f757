"""What AWS offers, as it is read from cfn-lint's schemas: the document is in the form that the command writes."""

import json

import pytest

from policies.aws_offers import FILE
from policies.renew_offers import allowed, by_family, by_major


def test_versions_are_those_of_the_engine_from_the_least_major_on_in_order():
    cases = {"postgres": ["18", "9.6.1", "13.23", "16.10", "16.9", "11.22-rds.20250814"], "mysql": ["16.1"]}
    schema = {
        "allOf": [
            {
                "if": {"properties": {"Engine": {"const": it}}},
                "then": {"properties": {"EngineVersion": {"enum": of}}},
            }
            for it, of in cases.items()
        ]
    }
    assert by_major(allowed(schema, "EngineVersion", "postgres"), 14) == {"16": ["16.9", "16.10"]}


def test_families_have_their_sizes_and_regions_what_they_lack():
    here, there = (
        {"db.r6g.2xlarge", "db.r6g.large", "db.m4.large"},
        {"db.t4g.micro", "db.r6g.large", "db.r6g.2xlarge"},
    )
    assert by_family({"here-1": here, "there-1": there}, ended=["m4"]) == {
        "sizes": {"r6g": "large 2xlarge", "t4g": "micro"},
        "lacking": {"here-1": "t4g", "there-1": ""},
    }
    with pytest.raises(ValueError, match="there-1 has some sizes of r6g and not others"):
        by_family({"here-1": here, "there-1": there - {"db.r6g.large"}}, ended=["m4"])


def test_document_is_as_the_command_writes_it():
    document = json.loads(FILE.read_text(encoding="utf-8"))
    for kind in ("rds_classes", "node_types"):
        sizes, lacking = document[kind]["sizes"], document[kind]["lacking"]
        names = {
            region: {f"x.{it}.{size}" for it in sizes if it not in less.split() for size in sizes[it].split()}
            for region, less in lacking.items()
        }
        assert by_family(names) == document[kind]
