"""The random package: values that look random and are the same again for the same resource.

They protect nothing. A simulated database's password needs to have the right form, not to be secret.
"""

import base64
import random
import string
from collections.abc import Callable

from simulator.identity import Identity
from wire_format import Properties

_SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
_PET_WORDS = ("amber", "brisk", "calm", "deft", "eager", "fond", "glad", "heron", "ibis", "jay", "kite", "lark")


class RandomValueError(Exception):
    """The inputs contradict each other; the message says which."""


def make_random(identity: Identity, inputs: Properties) -> tuple[str, Properties] | None:
    """Return the id and the outputs of a resource of the random package; None for a type not known here.

    Raises:
        RandomValueError: the inputs ask for the impossible.
    """
    make = _MAKERS.get(identity.type.rsplit(":", 1)[-1])
    return make(identity.source("random"), inputs) if make else None


def _text(source: random.Random, inputs: Properties) -> str:
    groups = [
        (string.ascii_lowercase, inputs.get("lower", True), inputs.get("minLower", 0)),
        (string.ascii_uppercase, inputs.get("upper", True), inputs.get("minUpper", 0)),
        (string.digits, inputs.get("numeric", inputs.get("number", True)), inputs.get("minNumeric", 0)),
        (inputs.get("overrideSpecial") or _SPECIAL, inputs.get("special", True), inputs.get("minSpecial", 0)),
    ]
    length = inputs["length"]
    least = sum(minimum for _, _, minimum in groups)
    alphabet = "".join(letters for letters, wanted, _ in groups if wanted)
    if length < 1 or length < least or not alphabet:
        raise RandomValueError(
            f"length is {length}, allowed at least {max(1, least)} with one kind of character enabled"
        )
    letters = [source.choice(group) for group, _, minimum in groups for _ in range(minimum)]
    letters += [source.choice(alphabet) for _ in range(length - len(letters))]
    source.shuffle(letters)
    return "".join(letters)


def _string(source: random.Random, inputs: Properties, *, hashed: bool = False) -> tuple[str, Properties]:
    text = _text(source, inputs)
    numeric = inputs.get("numeric", inputs.get("number", True))
    kinds = {"lower": True, "upper": True, "special": True, "numeric": numeric, "number": numeric}
    minimums = dict.fromkeys(("minLower", "minUpper", "minNumeric", "minSpecial"), 0)
    outputs = {**kinds, **minimums, "result": text}
    if not hashed:
        return text, outputs
    salt = "".join(source.choices(string.ascii_letters, k=53))
    return "none", {**outputs, "bcryptHash": f"$2a$10${salt}"}


def _identifier(source: random.Random, inputs: Properties) -> tuple[str, Properties]:
    raw = source.randbytes(inputs["byteLength"])
    prefix = inputs.get("prefix") or ""
    url = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    outputs = {
        "b64Std": prefix + base64.b64encode(raw).decode(),
        "b64Url": prefix + url,
        "dec": prefix + str(int.from_bytes(raw, "big")),
        "hex": prefix + raw.hex(),
    }
    return url, outputs


def _integer(source: random.Random, inputs: Properties) -> tuple[str, Properties]:
    if inputs["min"] > inputs["max"]:
        raise RandomValueError(f"min is {inputs['min']}, allowed at most max, which is {inputs['max']}")
    number = source.randint(inputs["min"], inputs["max"])
    return str(number), {"result": number}


def _uuid(source: random.Random, _inputs: Properties) -> tuple[str, Properties]:
    digits = source.randbytes(16).hex()
    text = f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
    return text, {"result": text}


def _pet(source: random.Random, inputs: Properties) -> tuple[str, Properties]:
    length, separator = inputs.get("length", 2), inputs.get("separator", "-")
    words = [*([inputs["prefix"]] if inputs.get("prefix") else []), *source.choices(_PET_WORDS, k=length)]
    return separator.join(words), {"length": length, "separator": separator}


def _shuffle(source: random.Random, inputs: Properties) -> tuple[str, Properties]:
    items = list(inputs["inputs"])
    source.shuffle(items)
    return "-", {"results": items[: inputs.get("resultCount", len(items))]}


_MAKERS: dict[str, Callable[[random.Random, Properties], tuple[str, Properties]]] = {
    "RandomBytes": lambda source, inputs: (
        encoded := base64.b64encode(raw := source.randbytes(inputs["length"])).decode(),
        {"base64": encoded, "hex": raw.hex()},
    ),
    "RandomId": _identifier,
    "RandomInteger": _integer,
    "RandomPassword": lambda source, inputs: _string(source, inputs, hashed=True),
    "RandomPet": _pet,
    "RandomShuffle": _shuffle,
    "RandomString": _string,
    "RandomUuid": _uuid,
    "RandomUuid4": _uuid,
}
