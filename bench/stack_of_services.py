"""Writes the production stack with many services in the place of its one; arguments: a file, and their number."""

import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
KEY = "footing:services"


def main(path: str, count: int) -> None:
    """Write a stack file of `count` services: the one of production, web services, workers and jobs in turn."""
    stack = yaml.safe_load((ROOT / "Pulumi.production.yaml").read_text(encoding="utf-8"))
    [(first, service)] = stack["config"][KEY].items()
    kinds = (
        {"kind": "web", "database_pool": 1},
        {"kind": "worker", "database_pool": 1},
        {"kind": "job", "schedule": "rate(1 hour)", "database_pool": 1},
    )
    services = {first: {**service, "database_pool": 5}}
    for number in range(1, count):
        name, kind = f"part-{number}", kinds[number % len(kinds)]
        paths = {"paths": [f"/{name}/*"]} if kind["kind"] == "web" else {}
        services[name] = {"image": service["image"], **kind, **paths}
    stack["config"][KEY] = services
    Path(path).write_text(yaml.safe_dump(stack), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
