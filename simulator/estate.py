"""What an account holds before a stack comes to it: for try-outs and tests of looking up and of importing.

`python -m simulator.estate --state-dir DIR` makes the resources of `estate.yaml`, or of `--file`, in the simulated
cloud of a directory; a file `estate.yaml` in that directory is made whenever the cloud is served.
"""

import argparse
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulator.cloud import Cloud
from simulator.identity import DEFAULT_REGION, Identity
from simulator.moto_aws.refusal import RefusedError
from simulator.naming import with_name
from simulator.refusals import refused
from simulator.shapes import resource_shape
from simulator.store import open_store
from simulator.validate import check_fields
from wire_format import Properties, Value, reveal

FILE_NAME = "estate.yaml"
ESTATE = Path(__file__).with_name(FILE_NAME)
_REFERENCE = re.compile(r"\$\{([\w-]+)(?:\.(\w+))?\}")


def make_estate(state_dir: Path, *, region: str | None = None, file: Path = ESTATE) -> dict[str, Properties]:
    """Make what is not there yet in the simulated cloud of a directory; return each resource's outputs and `id`.

    They are by the names of the file, and as any others of the cloud: looked up, imported, changed and removed.
    They are in the `region`, or in the file's.

    Raises:
        RefusedError: a resource of the file is refused, or names one that is not above it.
        StoreError: the directory holds no simulated cloud.
    """
    cloud = Cloud(open_store(state_dir))
    try:
        return fill_estate(cloud, region=region, file=file)
    finally:
        cloud.moto.stop()


def fill_estate(cloud: Cloud, *, file: Path, region: str | None = None) -> dict[str, Properties]:
    """Return what `make_estate` returns, of a cloud that is open."""
    import yaml

    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    place = region or content.get("region") or DEFAULT_REGION
    made: dict[str, Properties] = {"region": {"id": place}}
    for entry in content["resources"]:
        token, name = entry["type"], entry["name"]
        urn = f"urn:pulumi:existing::existing::{token}::{name}"
        if name in made:
            raise RefusedError(f"{token} {name!r}: given a name that is above it, allowed one of its own")
        record = next((it for it in cloud.store.living(token) if it.urn == urn), None)
        if record is None:
            identity = Identity(urn=urn, generation=0)
            shape = resource_shape(token)
            given: Properties = with_name(_resolved(entry["inputs"], made, identity), {}, shape, identity)
            for fault in (*check_fields(given, shape.inputs), *refused(token, given, place)):
                raise RefusedError(f"{token} {name!r}: {fault.path}: {fault.reason}")
            record = cloud.create(urn, given, region=place)
        made[name] = {**reveal(record.properties), "id": record.id}
    return made


def _resolved(value: Value, above: Mapping[str, Properties], of: Identity) -> Any:
    if isinstance(value, Mapping):
        return {name: _resolved(item, above, of) for name, item in value.items()}
    if isinstance(value, list):
        return [_resolved(item, above, of) for item in value]
    if not isinstance(value, str):
        return value

    def found(reference: re.Match[str]) -> str:
        name, key = reference[1], reference[2] or "id"
        if key not in above.get(name, {}):
            raise RefusedError(f"{of.type} {of.name!r}: {reference[0]} names nothing above it")
        return str(above[name][key])

    return _REFERENCE.sub(found, value)


def main() -> int:
    """Make an estate and print the ids by type and name; exit code 2 where it is refused."""
    parser = argparse.ArgumentParser(prog="python -m simulator.estate", description="Fill a simulated cloud.")
    parser.add_argument("--state-dir", type=Path, required=True, help="where the cloud is kept")
    parser.add_argument("--region", help="another than the file's")
    parser.add_argument("--file", type=Path, default=ESTATE, help="the resources, as in simulator/estate.yaml")
    arguments = parser.parse_args()
    try:
        made = make_estate(arguments.state_dir, region=arguments.region, file=arguments.file)
    except RefusedError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 2
    ids = {name: it["id"] for name, it in made.items()}
    print(json.dumps(ids, indent=1))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
