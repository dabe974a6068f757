"""The architecture, read from the code: who may import whom, how long things are, what is never written."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.house.code import ROOMS

ROOT = Path(__file__).parents[1]
PACKAGES = tuple(sorted({*ROOMS} - {"bench"}))
PROVIDERS = ("pulumi_", "pulumiverse_", "upstash_")
PROVED = {
    *("components.postgres.pooler.pgbouncer", "components.redis.roles"),
    *("observability", "policies.limits", "stacks.budget", "stacks.config", "stacks.naming"),
    *("edge_rules", "loadtest", "stacks.edge", "stacks.load_scenarios"),
}
"""Modules of ours that the lab may read: what it proves, and nothing that makes a resource."""
BUILDING_BLOCKS = {"alloy", "aws", "component", "document", "fly_machines"}
"""Parts of components/ that several components are made of: every component may import them."""
LOOKUPS = {
    ("components/service/rollout.py", "aws.ecs.get_service_output"),
    ("components/existing.py", "aws.ec2.get_vpc_output"),
    ("components/existing.py", "aws.ec2.get_subnets_output"),
    ("components/existing.py", "aws.ecs.get_cluster_output"),
    ("components/load_balancer/existing.py", "aws.lb.get_listener_output"),
    ("components/postgres/fly.py", "fly.get_postgres_users_credential_output"),
    ("components/load_balancer/existing.py", "aws.lb.get_load_balancer_output"),
    ("stacks/compose/web.py", "cloudflare.get_accounts_output"),
}
"""What may be asked of the cloud, and where: whether ECS took a deployment back, and what somebody else made.

For the first: docs/adr/0010-a-deployment-that-was-taken-back-fails.md; a test shows that a preview does not ask.
"""
LOADED_BY_CONFIGURATION = "import sys, stacks.config.stack, stacks.budget, stacks.cost; print(*sys.modules)"
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def sources(*packages: str) -> list[Path]:
    return [path for package in packages or PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(path: Path, *, at_start_only: bool = False) -> set[str]:
    """Modules that a file names in imports; with `at_start_only`, those that importing it really loads."""
    nodes = _loaded(tree(path)) if at_start_only else ast.walk(tree(path))
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def _loaded(module: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(module):
        yield node
        checking = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if not checking and not isinstance(node, (*FUNCTION.__args__, ast.Lambda)):
            yield from _loaded(node)


def within(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def offences(files: list[Path], *, forbidden: tuple[str, ...], at_start_only: bool = False) -> list[str]:
    return [
        f"{relative(path)} imports {module}"
        for path in files
        for module in sorted(imports(path, at_start_only=at_start_only))
        if within(module, *forbidden) or module.startswith(tuple(f for f in forbidden if f.endswith("_")))
    ]


def test_limits_and_rules_need_only_the_standard_library():
    names = ("judgement", "limits", "resource", "rule")
    files = [*(ROOT / "policies" / f"{name}.py" for name in names), *sources("policies/rules")]
    foreign = [
        f"{relative(path)} imports {module}"
        for path in files
        for module in imports(path)
        if module.split(".")[0] not in sys.stdlib_module_names and not within(module, "policies")
    ]
    assert foreign == []


def test_policies_know_resource_types_not_our_code():
    assert offences(sources("policies"), forbidden=("components", "footing", "stacks", *PROVIDERS[1:])) == []
    protocol = [path for path in sources("policies") if path.parent.name == "analyzer"]
    rules = [path for path in sources("policies") if path not in (*protocol, ROOT / "policies" / "__main__.py")]
    assert offences(rules, forbidden=("pulumi", "pulumi_", "grpc", "google")) == []
    assert offences(protocol, forbidden=("pulumi_policy",)) == []


def test_alerts_and_edge_rules_know_no_pulumi():
    assert offences(sources("observability", "edge_rules"), forbidden=("pulumi", *PROVIDERS)) == []


def test_components_know_no_other_component():
    strangers = []
    for path in sources("components"):
        own = name_of(path).split(".")[1] if "." in name_of(path) else ""
        for module in imports(path):
            parts = module.split(".")
            if parts[0] == "components" and parts[1] not in {own, *BUILDING_BLOCKS}:
                strangers.append(f"{relative(path)} imports {module}")
    assert strangers == []


def test_what_a_program_uses_of_our_providers_needs_no_server():
    described = [
        path for path in sources("providers") if path.stem in ("description", "resources", "plans", "platforms")
    ]
    assert offences(described, forbidden=("providers._server", "requests", "urllib3", "grpc", "google")) == []
    packages = [path for path in sources("providers") if path.stem == "__init__" and path.parent.name != "_server"]
    servers = {name_of(path) for path in sources("providers")} - {
        name_of(path) for path in (*described, *packages)
    }
    used = {module for path in sources("components", "stacks") for module in imports(path)}
    assert [module for module in used if within(module, *servers)] == []


def test_configuration_loads_no_provider_and_no_pulumi():
    files = [*sources("stacks/config"), *(ROOT / "stacks" / f"{name}.py" for name in ("budget", "cost", "naming"))]
    assert offences(files, forbidden=("pulumi", *PROVIDERS), at_start_only=True) == []
    done = subprocess.run(
        [sys.executable, "-c", LOADED_BY_CONFIGURATION], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert [name for name in done.stdout.split() if within(name, "pulumi") or name.startswith(PROVIDERS)] == []


def test_nothing_below_the_command_knows_the_command():
    assert offences(sources("stacks", "components", "policies", "engine"), forbidden=("footing",)) == []


def test_lab_reads_only_what_it_proves_and_nothing_needs_the_lab():
    others = [path for path in [*sources(), ROOT / "__main__.py"] if "lab" not in path.relative_to(ROOT).parts]
    assert offences(others, forbidden=("lab",)) == []
    ours = {module for path in sources("lab") for module in imports(path) if within(module, *PACKAGES)}
    assert {module for module in ours if not within(module, "lab", *PROVED)} == set()
    assert offences(sources("lab"), forbidden=("pulumi", *PROVIDERS)) == []


def test_command_makes_no_resource():
    assert offences(sources("footing"), forbidden=("components", "stacks.compose", *PROVIDERS)) == []


def test_program_is_short_and_knows_no_simulation():
    text = (ROOT / "__main__.py").read_text()
    assert len(text.splitlines()) < 15
    assert "simul" not in text
    assert offences([ROOT / "__main__.py", *sources("stacks", "components")], forbidden=("footing",)) == []


def test_component_modules_stay_readable_by_the_sdk_analyzer():
    postponed = [relative(path) for path in sources("components") if "__future__.annotations" in imports(path)]
    assert postponed == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_decision_rests_on_the_name_of_the_environment(package: str):
    decided = [
        f"{relative(path)}:{node.lineno}"
        for path in sources(package)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Compare) and "environment" in ast.unparse(node.left).rsplit(".")[-1:]
    ]
    assert decided == []


def test_no_component_looks_anything_up_or_makes_a_resource_inside_an_apply():
    found = []
    for path in sources("components", "stacks"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and _is_lookup(node) and _requested(path, node) not in LOOKUPS:
                found.append(f"{relative(path)}:{node.lineno} looks something up")
            if isinstance(node, ast.Lambda) and any(_is_resource(inner) for inner in ast.walk(node)):
                found.append(f"{relative(path)}:{node.lineno} makes a resource in a lambda")
    assert found == []


def _is_lookup(node: ast.Call) -> bool:
    function = ast.unparse(node.func)
    return function.startswith(("aws.", "cloudflare.", "fly.", "grafana.", "sentry.")) and ".get_" in function


def _requested(path: Path, node: ast.Call) -> tuple[str, str]:
    return relative(path), ast.unparse(node.func)


def _is_resource(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and any(word.arg == "opts" for word in node.keywords)


def test_children_never_merge_the_callers_options():
    merging = [
        f"{relative(path)}:{node.lineno}"
        for path in sources("components")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr == "merge"
    ]
    assert merging == []


def test_every_field_of_args_and_every_output_is_explained():
    silent = []
    for path in sources("components"):
        for owner in (node for node in tree(path).body if isinstance(node, ast.ClassDef)):
            for field, after in zip(owner.body, [*owner.body[1:], None], strict=True):
                if isinstance(field, ast.AnnAssign) and not _is_text(after):
                    silent.append(f"{relative(path)}:{field.lineno} {owner.name}.{ast.unparse(field.target)}")
    assert silent == []


def _is_text(node: ast.AST | None) -> bool:
    return (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    )


def test_every_component_has_a_test_file():
    made = {
        f"{relative(path)}:{node.name}": node.name
        for path in sources("components")
        for node in tree(path).body
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "Component" for base in node.bases)
    }
    assert len(made) > 15
    tests = "\n".join(path.read_text() for path in (ROOT / "tests" / "components").rglob("test_*.py"))
    assert [place for place, name in made.items() if not re.search(rf"\b{name}\(", tests)] == []
