"""The simulated cloud itself: create, read, update and delete, in moto or as a record, and the state on disk."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import RLock

from simulator import fly
from simulator.computed import fill, resource_id
from simulator.faults import kept_properties, next_fault
from simulator.identity import Identity
from simulator.importing import by_import_id
from simulator.lookups import look_up
from simulator.moto_aws import MotoAws
from simulator.moto_aws.refusal import RefusedError
from simulator.naming import DEFAULTS_KEY
from simulator.permissions import check_read
from simulator.random_values import RandomValueError, make_random
from simulator.read_back import as_read
from simulator.scopes import conflict
from simulator.shapes import ResourceShape, resource_shape
from simulator.store import CloudStore, Record
from wire_format import Properties, Value, is_secret, reveal, secret


@dataclass
class Cloud:
    """One simulated cloud over one state directory. Operations take turns: moto's sources of ids are shared."""

    store: CloudStore
    turn: RLock = field(default_factory=RLock)

    def __post_init__(self) -> None:
        self.moto = MotoAws(self.store)

    def create(self, urn: str, inputs: Properties, *, region: str) -> Record:
        """Make a resource and keep it.

        Raises:
            RefusedError: a scripted fault, or botocore, moto or the cloud's own rules refuse the inputs.
        """
        with self.turn:
            identity = Identity(urn=urn, generation=self.store.generation(urn))
            self._meet_fault(identity.type, "create")
            plain = reveal(_without_marks(inputs))
            with redacted(inputs):
                made_in, made_id, computed = self._make(identity, plain, region)
            shape = resource_shape(identity.type)
            answered = {**as_read(identity.type, plain), **computed}
            properties = fill(shape.outputs, answered, identity, region=region)
            record = Record(
                urn=urn,
                type=identity.type,
                id=made_id,
                generation=identity.generation,
                region=region,
                inputs=inputs,
                properties=mark_secrets(properties, as_read(identity.type, inputs), shape),
                made_in=made_in,
            )
            for twin in self.store.living(record.type):
                if conflict(record, twin):
                    raise RefusedError(f"{record.type}: {made_id!r} already exists, made by {twin.urn}.")
            self.store.add(record)
            return record

    def _make(self, identity: Identity, inputs: Properties, region: str) -> tuple[str, str, Properties]:
        made = self.moto.create(identity, inputs, region=region)
        if made is not None:
            return "moto", made.id, made.outputs
        try:
            random = make_random(identity, inputs)
        except RandomValueError as error:
            raise RefusedError(f"{identity.type}: {error}") from error
        if random is not None:
            return "record", *random
        return "record", resource_id(identity, inputs), fly.answered(identity.type, inputs, identity)

    def read(self, urn: str, resource_id: str) -> Record | None:
        """Return what the cloud holds now, or None when it is gone."""
        with self.turn:
            token = Identity(urn=urn, generation=0).type
            self._meet_fault(token, "read")
            check_read(self.store.directory, token)
            record = self.store.find(urn, token, resource_id) or by_import_id(
                self.store.living(token), token, resource_id
            )
            if record is not None:
                # Properties are the truth: an input that somebody changed in the cloud reads as changed.
                found = {name: record.properties[name] for name in record.inputs if name in record.properties}
                record.inputs = as_read(token, {**record.inputs, **found})
            return record

    def update(self, urn: str, resource_id: str, news: Properties) -> Record:
        """Change a resource in place.

        Raises:
            RefusedError: the resource is gone, or the change is refused.
        """
        with self.turn:
            token = Identity(urn=urn, generation=0).type
            self._meet_fault(token, "update")
            record = self.store.find(urn, token, resource_id)
            if record is None:
                raise RefusedError(f"{token} {resource_id!r} is not in the simulated cloud: run a refresh.")
            with redacted(news):
                computed = self.moto.update(record, reveal(_without_marks(news)))
            kept = {name: record.properties[name] for name in kept_properties(self.store.directory, token)}
            answered = as_read(token, news)
            changed, shape = {**answered, **computed, **kept}, resource_shape(token)
            record.properties = updated_properties(shape, record.inputs, record.properties, changed)
            record.properties = mark_secrets(record.properties, {**answered, **kept}, shape)
            record.inputs = news
            self.store.save()
            return record

    def delete(self, urn: str, resource_id: str) -> None:
        """Remove a resource. One that is gone already is fine: the cloud is as wanted.

        Raises:
            RefusedError: the resource is protected in the cloud, or its deletion needs more inputs.
        """
        with self.turn:
            token = Identity(urn=urn, generation=0).type
            self._meet_fault(token, "delete")
            record = self.store.find(urn, token, resource_id, oldest=True)
            if record is None:
                return
            with redacted(record.inputs):
                leaves_something = self.moto.delete(record)
            if leaves_something:
                self.store.leave(record)
            else:
                self.store.remove(record)

    def look_up(self, token: str, arguments: Properties, *, region: str) -> Properties:
        """Return the result of an invoke.

        Raises:
            UnknownLookupError: it is none that is known here, or finds nothing.
        """
        with self.turn:
            self.store.refresh()
            return look_up(token, arguments, region=region, records=self.store.records.values())

    def _meet_fault(self, token: str, operation: str) -> None:
        message = next_fault(self.store.directory, token, operation)
        if message is not None:
            raise RefusedError(message)


def updated_properties(
    shape: ResourceShape, olds: Properties, outputs: Properties, news: Properties
) -> Properties:
    """Return the outputs after an update: computed values stay, dropped inputs go, new inputs come."""
    dropped = {name for name in olds if name not in news} - shape.computed
    kept = {name: value for name, value in outputs.items() if name not in dropped}
    changed = {**kept, **_without_marks(news)}
    if "tagsAll" in outputs:
        changed["tagsAll"] = news.get("tags") or {}
    return changed


def mark_secrets(properties: Properties, inputs: Mapping[str, object], shape: ResourceShape) -> Properties:
    """Return the properties, with inputs as they came (marks at any depth) and always-secret outputs marked."""
    marked = {name: inputs.get(name, value) for name, value in properties.items()}
    for name in shape.secret_outputs & marked.keys():
        if marked[name] is not None:
            marked[name] = secret(marked[name])
    return marked


def _without_marks(inputs: Properties) -> Properties:
    return {name: value for name, value in inputs.items() if name != DEFAULTS_KEY and value is not None}


@contextmanager
def redacted(inputs: Properties) -> Iterator[None]:
    """Keep the secret values of the inputs out of a refusal, whatever wrote its message."""
    try:
        yield
    except RefusedError as error:
        message = str(error)
        for value in sorted(set(_secret_texts(inputs)), key=len, reverse=True):
            message = message.replace(value, "[secret]")
        raise RefusedError(message) from None


def _secret_texts(value: Value, *, inside: bool = False) -> Iterator[str]:
    if is_secret(value):
        yield from _secret_texts(value.get("value"), inside=True)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _secret_texts(item, inside=inside)
    elif isinstance(value, list):
        for item in value:
            yield from _secret_texts(item, inside=inside)
    elif inside and value not in {None, "", True, False}:
        yield str(value)
