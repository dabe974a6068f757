"""The cache never decides what a program sees: broken, old, shared or missing, only the time differs."""

import os
from pathlib import Path

import pytest
from fresh_process import GET_ZONE, INIT, INPUTS, ZONE, printed, small_sdk, start

from lazy_sdk.cache import RecipeCache

TOUCH = """
import inspect, json, sys
import pulumi_random as random
seen = [random.Zone.__module__, random.get_zone.__name__, inspect.getdoc(random.RuleArgs)]
seen += [random.region.Place.__name__]
seen += [random.LimitArgs.__mro__[1] is random.BaseArgs, type(random).__name__]
print(json.dumps(seen))
"""
LAZY = [
    "pulumi_random.zone",
    "get_zone",
    "A rule, which holds a 'LimitArgs'.",
    "Place",
    True,
    "LazyPackage",
]
PLAIN = [*LAZY[:-1], "module"]


@pytest.fixture
def sdk(tmp_path: Path) -> Path:
    return small_sdk(tmp_path / "site")


def entries(cache: Path) -> list[Path]:
    return sorted(path for path in cache.rglob("*") if path.is_file())


def test_second_start_reads_what_the_first_one_kept(tmp_path: Path, sdk: Path) -> None:
    assert printed(TOUCH, tmp_path, sdk) == LAZY
    kept = {path: path.stat().st_mtime_ns for path in entries(tmp_path / "imports")}
    assert len({path.parent for path in kept}) == 1
    assert {path.name for path in kept} >= {"pulumi_random", "pulumi_random._inputs", "pulumi_random.region.place"}
    assert printed(TOUCH, tmp_path, sdk) == LAZY
    assert {path: path.stat().st_mtime_ns for path in entries(tmp_path / "imports")} == kept


@pytest.mark.parametrize("keep", [0, 3, 100, -1])
def test_truncated_entry_is_made_anew(tmp_path: Path, sdk: Path, keep: int) -> None:
    printed(TOUCH, tmp_path, sdk)
    whole = {path: path.read_bytes() for path in entries(tmp_path / "imports")}
    for path, content in whole.items():
        path.write_bytes(content[:keep])
    assert printed(TOUCH, tmp_path, sdk) == LAZY
    assert {path: path.read_bytes() for path in entries(tmp_path / "imports")} == whole


def test_damaged_entry_is_made_anew(tmp_path: Path, sdk: Path) -> None:
    printed(TOUCH, tmp_path, sdk)
    for path in entries(tmp_path / "imports"):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(content)
    assert printed(TOUCH, tmp_path, sdk) == LAZY


def test_without_a_place_for_the_cache_imports_are_ordinary(tmp_path: Path, sdk: Path) -> None:
    (tmp_path / "file").touch()
    assert printed(TOUCH, tmp_path / "file", sdk) == PLAIN


def test_switch_leaves_imports_as_they_are(tmp_path: Path, sdk: Path) -> None:
    assert printed(TOUCH, tmp_path / "cache", sdk, plain=True) == PLAIN
    assert not (tmp_path / "cache").exists()


def rewrite(file: Path, text: str) -> None:
    """Change the size alone."""
    time = file.stat().st_mtime_ns
    file.write_text(text)
    os.utime(file, ns=(time, time))


def test_edited_source_is_seen_and_an_older_file_of_another_size_too(tmp_path: Path, sdk: Path) -> None:
    program = "import json, pulumi_random as random; print(json.dumps(random.Zone.__doc__))"
    assert printed(program, tmp_path, sdk) is None
    rewrite(sdk / "pulumi_random" / "zone.py", ZONE.replace("class Zone:", 'class Zone:\n    """New."""'))
    assert printed(program, tmp_path, sdk) == "New."
    os.utime(sdk / "pulumi_random" / "zone.py", (0, 0))
    assert printed(program, tmp_path, sdk) == "New."


def test_edited_neighbour_is_seen_too(tmp_path: Path) -> None:
    sdk = small_sdk(tmp_path / "site", zone=ZONE.replace("rule: 'RuleArgs'", "rule: 'LaterArgs'"))
    program = """
import json, sys
import pulumi_random as random
module = sys.modules[random.Zone.__module__]
print(json.dumps([hasattr(random, "later"), hasattr(random, "LaterArgs"), hasattr(module, "LaterArgs")]))
"""
    assert printed(program, tmp_path / "cache", sdk) == [False] * 3
    later = INPUTS.replace("    'LimitArgs',", "    'LaterArgs',\n    'LimitArgs',")
    rewrite(sdk / "pulumi_random" / "_inputs.py", f"{later}\nclass LaterArgs:\n    pass\n")
    more = GET_ZONE.replace("'get_zone'", "'get_zone', 'later'")
    rewrite(sdk / "pulumi_random" / "get_zone.py", f"{more}\nlater = 1\n")
    assert printed(program, tmp_path / "cache", sdk) == [True] * 3


def test_class_is_made_once_whoever_mentions_it_later(tmp_path: Path, sdk: Path) -> None:
    program = """
import json, pulumi_random as random
first = random.LimitArgs
random.RuleArgs
print(json.dumps(random._inputs.LimitArgs is first))
"""
    assert printed(program, tmp_path, sdk) is True


def test_cache_that_goes_away_meanwhile_is_no_error(tmp_path: Path, sdk: Path) -> None:
    cache = tmp_path / "cache"
    program = f"import shutil, pulumi_random; pulumi_random.RuleArgs; shutil.rmtree({str(cache)!r})"
    assert start(program, cache, sdk).communicate() == ("", "")


def test_versions_and_places_share_nothing(tmp_path: Path, sdk: Path) -> None:
    other = small_sdk(tmp_path / "other", version="10.0.0")
    printed(TOUCH, tmp_path / "cache", sdk)
    printed(TOUCH, tmp_path / "cache", other)
    (kinds,) = (tmp_path / "cache" / "imports").iterdir()
    assert {path.name.rpartition("-")[0] for path in kinds.iterdir()} == {
        "pulumi_random-9.9.9",
        "pulumi_random-10.0.0",
    }


def test_processes_at_once_leave_whole_entries_with_the_classes_of_all(
    tmp_path: Path, sdk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = "import pulumi_random, subprocess, sys; pulumi_random.RuleArgs"
    within = "from lazy_sdk.hook import install; install(); import pulumi_random; pulumi_random.OtherArgs"
    running = [
        start(f"{program}; subprocess.run([sys.executable, '-c', {within!r}])", tmp_path, sdk) for _ in "12"
    ]
    assert [process.communicate()[1] for process in running] == [""] * 2
    monkeypatch.syspath_prepend(sdk)
    cache = RecipeCache(tmp_path, "pulumi_random", sdk / "pulumi_random")
    kept = cache.recipe("pulumi_random._inputs", sdk / "pulumi_random" / "_inputs.py")
    assert set(kept.chunks) == {"RuleArgs", "LimitArgs", "BaseArgs", "OtherArgs"}
    assert [path for path in entries(tmp_path) if path.suffix == ".partial"] == []


@pytest.mark.parametrize(
    ("changed", "package"),
    [
        ({"__init__": f"{INIT}\nanswer = 42\n"}, "module"),
        ({"_inputs": f"{INPUTS}\nRuleArgs.more = OtherArgs\n".replace("    'OtherArgs',\n", "")}, "LazyPackage"),
        ({"get_zone": "__all__ = ['get_' + 'zone']\ndef get_zone():\n    pass\n"}, "module"),
        ({"get_zone": "__all__ = []\n__all__ += ['get_zone']\ndef get_zone():\n    pass\n"}, "module"),
    ],
)
def test_file_of_another_shape_is_imported_as_it_is(tmp_path: Path, changed: dict[str, str], package: str) -> None:
    sdk = small_sdk(tmp_path / "site", **changed)
    for _ in range(2):
        assert printed(TOUCH, tmp_path / "cache", sdk) == [*LAZY[:-1], package]


def test_package_without_a_distribution_is_imported_as_it_is(tmp_path: Path, sdk: Path) -> None:
    (sdk / "pulumi_random-9.9.9.dist-info" / "METADATA").unlink()
    (sdk / "pulumi_random-9.9.9.dist-info").rmdir()
    hidden = (
        "import importlib.metadata, json\ndef missing(name): raise importlib.metadata.PackageNotFoundError(name)\n"
    )
    hidden += "importlib.metadata.version = missing\n"
    assert printed(hidden + TOUCH, tmp_path, sdk) == PLAIN


def test_source_that_changes_under_a_running_program_is_refused(tmp_path: Path, sdk: Path) -> None:
    file = sdk / "pulumi_random" / "_inputs.py"
    program = f"""
import json, pathlib
from pulumi_random import _inputs
pathlib.Path({str(file)!r}).write_text("# another file")
try:
    _inputs.RuleArgs
except ImportError as error:
    print(json.dumps(str(error)))
"""
    expected = f"{file} has changed since this program began to use it; start again."
    assert printed(program, tmp_path, sdk) == expected


def test_errors_name_the_true_file_and_line(tmp_path: Path, sdk: Path) -> None:
    program = """
import inspect, json, traceback
import pulumi_random as random
found = []
for made in (random.LimitArgs, random.Zone):
    try:
        made().fail()
    except ValueError as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        found.append([frame.filename, frame.lineno, frame.line, inspect.getsource(made).splitlines()[0]])
print(json.dumps(found))
"""
    expected = [
        [
            str(sdk / "pulumi_random" / "_inputs.py"),
            'raise ValueError("in the class")',
            "class LimitArgs(BaseArgs):",
        ],
        [str(sdk / "pulumi_random" / "zone.py"), 'raise ValueError("in the module")', "class Zone:"],
    ]
    for _ in range(2):
        found = printed(program, tmp_path, sdk)
        assert [[file, line, header] for file, _, line, header in found] == expected
        lines = [Path(file).read_text().splitlines()[number - 1].strip() for file, number, _, _ in found]
        assert lines == [line for _, line, _ in expected]
