import json
import os
import stat
from pathlib import Path

import pytest

from simulator.faults import next_fault
from simulator.identity import Identity
from simulator.store import CloudStore, Record, StoreError, open_store

TOKEN = "cloudflare:index/zone:Zone"
URN = f"urn:pulumi:staging::small::{TOKEN}::zone"


def record(urn: str = URN, resource_id: str = "z1", generation: int = 0) -> Record:
    return Record(
        urn=urn,
        type=TOKEN,
        id=resource_id,
        generation=generation,
        region="us-east-1",
        inputs={"name": "example.com"},
        properties={"name": "example.com", "status": "active"},
        made_in="record",
    )


def filled(directory: Path) -> CloudStore:
    store = open_store(directory)
    store.add(record())
    return store


def test_a_later_process_sees_the_same_cloud(tmp_path: Path) -> None:
    filled(tmp_path)
    later = open_store(tmp_path)
    assert later.find(URN, TOKEN, "z1") == record()
    assert later.generation(URN) == 1


def test_state_is_private_to_its_owner(tmp_path: Path) -> None:
    assert stat.S_IMODE(filled(tmp_path).path.stat().st_mode) == 0o600


def test_a_failed_write_leaves_the_old_state_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = filled(tmp_path)

    def full_disk(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "replace", full_disk)
    with pytest.raises(OSError, match="no space"):
        store.add(record(resource_id="z2", generation=1))
    assert open_store(tmp_path).find(URN, TOKEN, "z2") is None
    assert open_store(tmp_path).find(URN, TOKEN, "z1") == record()


def test_an_edit_on_disk_is_seen_without_a_restart(tmp_path: Path) -> None:
    store = filled(tmp_path)
    content = json.loads(store.path.read_text())
    next(iter(content["records"].values()))["properties"]["status"] = "moved"
    store.path.write_text(json.dumps(content))
    os.utime(store.path, ns=(1, 1))
    found = store.find(URN, TOKEN, "z1")
    assert found is not None
    assert found.properties["status"] == "moved"


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"format": 99}', '{"format": 1, "records": {"a": {}}, "generations": {}}']
)
def test_a_file_that_is_no_cloud_is_refused_with_advice(tmp_path: Path, content: str) -> None:
    (tmp_path / "cloud.json").write_text(content)
    with pytest.raises(StoreError, match="remove the file"):
        open_store(tmp_path)


def test_one_id_under_two_urns_means_the_resource_of_the_urn(tmp_path: Path) -> None:
    store = filled(tmp_path)
    other = record(urn=f"{URN}-2")
    store.add(other)
    assert store.find(other.urn, TOKEN, "z1") is other
    assert store.find(URN, TOKEN, "z1") == record()
    assert store.find(f"{URN}-renamed", TOKEN, "z1") is not None


def test_a_deletion_means_the_older_of_two_generations_with_one_id(tmp_path: Path) -> None:
    store = filled(tmp_path)
    store.add(record(generation=1))
    newest, oldest = store.find(URN, TOKEN, "z1"), store.find(URN, TOKEN, "z1", oldest=True)
    assert newest is not None
    assert oldest is not None
    assert (oldest.generation, newest.generation) == (0, 1)


def test_what_a_deletion_leaves_is_kept_but_is_no_resource(tmp_path: Path) -> None:
    store = filled(tmp_path)
    store.leave(next(iter(store.records.values())))
    later = open_store(tmp_path)
    assert later.find(URN, TOKEN, "z1") is None
    assert [item.left_over for item in later.records.values()] == [True]


def test_identity_depends_on_the_urn_and_the_generation_alone() -> None:
    first = Identity(urn=URN, generation=0)
    again, replacement = Identity(urn=URN, generation=0), Identity(urn=URN, generation=1)
    other_stack = Identity(urn=URN.replace("staging", "production"), generation=0)
    for name in ("uuid", "number", "seed"):
        values = [getattr(who, name)() for who in (first, again, replacement, other_stack)]
        assert values[0] == values[1]
        assert len(set(values)) == 3
    assert first.hex(17) != first.hex(17, "name")


def test_identity_reads_the_type_below_its_parents() -> None:
    nested = Identity(urn=f"urn:pulumi:staging::small::footing:Edge${TOKEN}::zone", generation=0)
    assert (nested.type, nested.name) == (TOKEN, "zone")


def test_a_fault_hits_the_chosen_operation_and_only_as_often_as_asked(tmp_path: Path) -> None:
    fault = {"type": TOKEN, "operation": "create", "after": 1, "times": 2, "message": "quota exceeded"}
    (tmp_path / "faults.json").write_text(json.dumps([fault]))
    assert next_fault(tmp_path, "other", "create") is None
    assert next_fault(tmp_path, TOKEN, "delete") is None
    met = [next_fault(tmp_path, TOKEN, "create") for _ in range(4)]
    assert met == [None, "quota exceeded", "quota exceeded", None]
