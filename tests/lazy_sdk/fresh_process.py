"""Programs in a process of their own, with or without the import hook, and an SDK small enough to break."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
HOOKED = "from lazy_sdk.hook import install; install()\n"


def environment(cache: Path, *packages: Path, plain: bool = False) -> dict[str, str]:
    switch = {"FOOTING_PLAIN_IMPORTS": "1" if plain else "", "FOOTING_CACHE": str(cache)}
    return {**os.environ, **switch, "PYTHONPATH": os.pathsep.join(map(str, [*packages, ROOT]))}


def start(program: str, cache: Path, *packages: Path, plain: bool = False) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOOKED + program],
        env=environment(cache, *packages, plain=plain),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def printed(program: str, cache: Path, *packages: Path, plain: bool = False) -> Any:
    """What the program printed, as JSON."""
    process = start(program, cache, *packages, plain=plain)
    output, errors = process.communicate()
    assert process.returncode == 0, errors
    return json.loads(output)


INIT = """\
import builtins as _builtins
from . import _utilities
import typing
from .get_zone import *
from .zone import *
from ._inputs import *
from . import outputs

if typing.TYPE_CHECKING:
    import pulumi_random.region as __region
    region = __region
else:
    region = _utilities.lazy_import('pulumi_random.region')

_utilities.register(resource_modules="[]")
"""
UTILITIES = """\
from pulumi._utils import lazy_import
registered = []
def register(resource_modules):
    registered.append(resource_modules)
"""
INPUTS = '''\
import pulumi
from . import _utilities

__all__ = [
    'BaseArgs',
    'LimitArgs',
    'OtherArgs',
    'RuleArgs',
]

class BaseArgs:
    pass

class RuleArgs:
    """
    A rule, which holds a 'LimitArgs'.
    """
    limit: 'LimitArgs'

class LimitArgs(BaseArgs):
    def fail(self):
        raise ValueError("in the class")

@pulumi.input_type
class OtherArgs:
    pass
'''
OUTPUTS = """\
import pulumi
from . import _utilities
from . import outputs

__all__ = [
    'Rule',
    'Zone',
]

class Rule:
    zone: 'outputs.Zone'

class Zone:
    name: str
"""
ZONE = """\
import pulumi
from . import _utilities
from . import outputs
from ._inputs import *

__all__ = ['Zone', 'ZoneArgs']

class ZoneArgs:
    rule: 'RuleArgs'

class Zone:
    rule: 'outputs.Rule'

    def fail(self):
        raise ValueError("in the module")
"""
GET_ZONE = """\
__all__ = ['GetZoneResult', 'get_zone']

class GetZoneResult:
    pass

def get_zone():
    return GetZoneResult()
"""
REGION = "from .place import *\n"
PLACE = "__all__ = ['Place']\n\nclass Place:\n    pass\n"
FILES = {
    "__init__.py": INIT,
    "_utilities.py": UTILITIES,
    "_inputs.py": INPUTS,
    "outputs.py": OUTPUTS,
    "zone.py": ZONE,
    "get_zone.py": GET_ZONE,
    "region/__init__.py": REGION,
    "region/place.py": PLACE,
}


def small_sdk(folder: Path, version: str = "9.9.9", **changed: str) -> Path:
    """A package in the shape of an SDK, in place of the installed one; `changed` by the file's first letters."""
    information = folder / f"pulumi_random-{version}.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: pulumi_random\nVersion: {version}\n")
    for name, text in FILES.items():
        path = folder / "pulumi_random" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changed.get(path.stem, text) if path.parent.name == "pulumi_random" else text)
    return folder
