"""Times the gate: its server beside the SDK's, its rules alone up to 10,000 resources, and whole processes.

Scenarios of one table run in turns, round after round; a ratio is the median of the ratios within a round.
"""

import argparse
import gc
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from typing import Any

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent
sys.path[:0] = [str(ROOT), str(BENCH)]

from google.protobuf import empty_pb2  # noqa: E402 the path comes first
from naive_pack import policies  # noqa: E402
from pulumi.runtime.proto import analyzer_pb2 as proto  # noqa: E402

from footing.check.pack import load  # noqa: E402
from footing.check.run import report_on  # noqa: E402
from footing.check.terminal import text  # noqa: E402
from footing.testing import Resource, wire  # noqa: E402
from footing.testing.runners import client_of  # noqa: E402
from footing.testing.sdk import servicer_of  # noqa: E402
from policies.analyzer.servicer import PackServicer  # noqa: E402
from policies.planned import resources as planned  # noqa: E402
from policies.rules import CATALOGUE  # noqa: E402

IN_ENGINE = 150
SIZES = (150, 1_000, 10_000)
FOOTING = [sys.executable, "-c", "from footing.cli import main; main()"]

Samples = dict[str, list[float]]


def main() -> None:
    """Run every table and print or write the page."""
    arguments = _arguments()
    rounds = 3 if arguments.quick else 7
    document = json.loads(_output([*FOOTING, "plan", "production", "--json"]))
    parts = [
        _page(rounds),
        *_table("Inside the engine", f"{len(CATALOGUE)} rules, {IN_ENGINE} resources", _servers(document, rounds)),
        *_table("Start of the pack", "process start until the port is printed", _starts(rounds)),
        *_growth(document, rounds),
        *_table("Whole processes", "warm, from start to exit", _processes(arguments, rounds)),
    ]
    page = "\n".join(parts)
    print(page)
    if arguments.write_docs:
        (ROOT / "docs" / "performance-gate.md").write_text(page, encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: for a look, not for the documents")
    parser.add_argument(
        "--cdk-python", metavar="PYTHON", help="a Python with bench/requirements-cdk.txt installed"
    )
    parser.add_argument("--checkov", metavar="COMMAND", help="checkov's command, in an environment of its own")
    parser.add_argument("--write-docs", action="store_true", help="write docs/performance-gate.md")
    return parser.parse_args()


def _in_turns(scenarios: Mapping[str, Callable[[], float]], rounds: int) -> Samples:
    for run in scenarios.values():
        run()
    samples: Samples = {name: [] for name in scenarios}
    for number in range(rounds):
        for name, run in scenarios.items():
            print(f"round {number + 1} of {rounds}, {name}", file=sys.stderr)
            samples[name].append(run())
    return samples


def _servers(document: Mapping[str, Any], rounds: int) -> Samples:
    resources = _stack_of(document, IN_ENGINE)
    ours, naive = PackServicer(CATALOGUE, ROOT / "policies"), servicer_of(policies(CATALOGUE))
    return _in_turns(
        {
            "our server": lambda: _asked(ours, resources),
            "`pulumi_policy`'s server, a policy for each rule": lambda: _asked(naive, resources),
        },
        rounds,
    )


def _stack_of(document: Mapping[str, Any], count: int) -> list[Resource]:
    """Production's resources, repeated under other names up to `count`."""
    own = planned(document)
    return [
        replace(own[number % len(own)], urn=f"{own[number % len(own)].urn}-{number // len(own)}")
        for number in range(count)
    ]


def _asked(servicer: Any, resources: Sequence[Resource]) -> float:
    """Seconds of the engine's calls for one preview; the requests are encoded before."""
    single, together = [wire.request(it) for it in resources], wire.stack_request(resources)
    with client_of(servicer) as client:
        config = {"footing:environment": "production"}
        client.ConfigureStack(proto.AnalyzerStackConfigureRequest(stack="production", config=config))
        client.GetAnalyzerInfo(empty_pb2.Empty())
        begin = time.perf_counter()
        for request in single:
            client.Analyze(request)
        client.AnalyzeStack(together)
        return time.perf_counter() - begin


def _starts(rounds: int) -> Samples:
    return _in_turns(
        {
            "our pack": lambda: _until_port([str(ROOT / "policies")]),
            "a `pulumi_policy` pack": lambda: _until_port([str(BENCH / "naive_pack.py")]),
        },
        rounds,
    )


def _until_port(command: Sequence[str]) -> float:
    begin = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, env=environment, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        taken = time.perf_counter() - begin
        process.kill()
    return taken


def _growth(document: Mapping[str, Any], rounds: int) -> Iterable[str]:
    pack = load(ROOT, "production")
    yield "## The rules alone\n\nFrom the plan's JSON to the report as text, beyond the plan itself.\n"
    yield "| resources | median s | lowest s | ms each |\n|---:|---:|---:|---:|"
    for count in SIZES:
        grown = _grown(document, count)
        taken = []
        for _ in range(rounds):
            gc.collect()
            gc.disable()  # as the command does
            begin = time.perf_counter()
            text(report_on(json.loads(grown), "production", pack, date.today()))
            taken.append(time.perf_counter() - begin)
            gc.enable()
        yield f"| {count:,} | {median(taken):.3f} | {min(taken):.3f} | {median(taken) * 1000 / count:.2f} |"
    yield ""


def _grown(document: Mapping[str, Any], count: int) -> str:
    own = document["resources"]
    repeated = [
        own[number % len(own)] | {"urn": f"{own[number % len(own)]['urn']}-{number // len(own)}"}
        for number in range(count)
    ]
    return json.dumps({**document, "resources": repeated})


def _processes(arguments: argparse.Namespace, rounds: int) -> Samples:
    with tempfile.TemporaryDirectory(prefix="bench-gate-") as folder:
        scenarios: dict[str, Callable[[], float]] = {
            "plan and gate of the reference": lambda: _seconds([sys.executable, str(BENCH / "gate_reference.py")]),
            "plan of the reference": lambda: _seconds(
                [sys.executable, str(BENCH / "plan_reference.py"), "declare", "1"]
            ),
            "`footing check production`": lambda: _seconds([*FOOTING, "check", "production"]),
            "`footing plan production --json`": lambda: _seconds([*FOOTING, "plan", "production", "--json"]),
        }
        if arguments.cdk_python and arguments.checkov:
            synth = [arguments.cdk_python, str(BENCH / "reference_cdk.py"), folder, "1"]
            scan = [
                arguments.checkov,
                "-d",
                folder,
                "--framework",
                "cloudformation",
                "--quiet",
                "--compact",
                "--skip-download",
            ]
            for name, validated in (("without its validator", "false"), ("as it comes", "true")):
                scenarios[f"AWS CDK synth {name}, then checkov"] = lambda own=validated: (
                    _seconds(synth, CDK_VALIDATION=own) + _seconds(scan)
                )
        return _in_turns(scenarios, rounds)


def _seconds(command: Sequence[str], **more: str) -> float:
    environment = {**os.environ, "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1", **more}
    begin = time.perf_counter()
    # A gate that finds something ends with 1: that is not a failure of the measurement.
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1) or "Traceback" in done.stderr:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    return time.perf_counter() - begin


def _output(command: Sequence[str]) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def _table(title: str, what: str, samples: Samples) -> Iterable[str]:
    yield f"## {title}\n\n{what[:1].upper()}{what[1:]}.\n"
    yield "| | as a multiple of the first | median s | lowest s |\n|---|---:|---:|---:|"
    first = next(iter(samples.values()))
    for name, own in samples.items():
        ratio = median(mine / base for mine, base in zip(own, first, strict=True))
        yield f"| {name} | {ratio:.2f} | {median(own):.3f} | {min(own):.3f} |"
    yield ""


def _page(rounds: int) -> str:
    return f"""\
# Speed of the gate

Written by `python bench/gate.py --cdk-python PYTHON --checkov COMMAND --write-docs` on {datetime.now(UTC).date()}:
{os.cpu_count()} cores, Python {platform.python_version()}, {len(CATALOGUE)} rules, {rounds} rounds.

Read the ratios: the machine is shared, and the scenarios of a table ran in turns. The SDK's server decodes a
resource again for every policy; ours decodes it once, when the first rule looks at it, and asks only the rules
about its type. checkov judges other rules, of its own, on what CDK writes.
"""


if __name__ == "__main__":
    main()
