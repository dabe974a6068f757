"""What the simulated cloud holds, in one file that a later process reads again.

Every change is written to a temporary file that then takes the place of the old one, so a killed process
leaves the old or the new content, never half of one. The file is readable by its owner only.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from wire_format import Properties

FORMAT = 1
FILE_NAME = "cloud.json"


class StoreError(Exception):
    """The state file cannot be used; the message says what to do."""


@dataclass(kw_only=True)
class Record:
    """One resource of the simulated cloud.

    `properties` is the truth: what Read answers, and what a test edits on disk to make drift.
    `made_in` is "moto" (botocore checked the parameters) or "record". `left_over` marks what a deletion
    leaves behind, such as a final snapshot: no resource of any stack, but part of the cloud.
    """

    urn: str
    type: str
    id: str
    generation: int
    region: str
    inputs: Properties
    properties: Properties
    made_in: str
    left_over: bool = False


@dataclass
class CloudStore:
    """The records by URN and generation, in the order they were made."""

    directory: Path
    records: dict[str, Record] = field(default_factory=dict)
    generations: dict[str, int] = field(default_factory=dict)
    _seen: tuple[int, int] | None = None

    @property
    def path(self) -> Path:
        """Where the state file is."""
        return self.directory / FILE_NAME

    def find(self, urn: str, type_token: str, resource_id: str, *, oldest: bool = False) -> Record | None:
        """Return the living resource of this type and id, as it is on disk now.

        Ids may repeat (every random password has the id "none"), so the one made under the URN comes first;
        one made under another URN is the same resource after a rename or an import. Of two generations
        with one id, a deletion means the `oldest`: its replacement is already there.
        """
        found = [record for record in self.living(type_token) if record.id == resource_id]
        found = [record for record in found if record.urn == urn] or found
        return found[0 if oldest else -1] if found else None

    def living(self, type_token: str) -> list[Record]:
        """Return the resources of a type that are not deleted, as they are on disk now."""
        self.refresh()
        return [it for it in self.records.values() if it.type == type_token and not it.left_over]

    def generation(self, urn: str) -> int:
        """Return the generation that the next resource made under this URN gets."""
        return self.generations.get(urn, 0)

    def add(self, record: Record) -> None:
        """Keep a new resource and count its generation."""
        self.records[_key(record)] = record
        self.generations[record.urn] = record.generation + 1
        self.save()

    def leave(self, record: Record) -> None:
        """Keep what a deletion leaves behind."""
        record.left_over = True
        self.save()

    def remove(self, record: Record) -> None:
        """Forget a resource."""
        self.records.pop(_key(record), None)
        self.save()

    def refresh(self) -> None:
        """Read the file again if another hand changed it."""
        if self.path.exists() and _stamp(self.path) != self._seen:
            self._read()

    def _read(self) -> None:
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
            if content["format"] != FORMAT:
                raise StoreError(f"{self.path} has format {content['format']}, allowed {FORMAT}: remove the file.")
            self.records = {key: Record(**item) for key, item in content["records"].items()}
            self.generations = content["generations"]
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{self.path} is not a simulated cloud: restore or remove the file.") from error
        self._seen = _stamp(self.path)

    def save(self) -> None:
        """Write everything, whole or not at all."""
        content = {
            "format": FORMAT,
            "generations": self.generations,
            "records": {key: vars(record) for key, record in self.records.items()},
        }
        self.directory.mkdir(parents=True, exist_ok=True)
        # No indent: with one, Python's own encoder writes it, for each resource all again.
        write_private(self.path, json.dumps(content))
        self._seen = _stamp(self.path)


def open_store(directory: Path) -> CloudStore:
    """Return the cloud of a directory: what an earlier run left, or an empty one.

    Raises:
        StoreError: the file is there but is no simulated cloud.
    """
    store = CloudStore(directory)
    store.refresh()
    return store


def write_private(path: Path, text: str) -> None:
    """Replace a file's content in one step, readable by its owner only."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(text)
    temporary.replace(path)


def _key(record: Record) -> str:
    return f"{record.urn} #{record.generation}"


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_ino
