"""The tree for people."""

import io

import pytest
from rich.console import Console

from footing.plan.model import Plan, PlannedResource, secret, unknown
from footing.plan.render import short_type, tree


def resource(name: str, type_: str = "aws:sns/topic:Topic", **more: object) -> PlannedResource:
    return PlannedResource(type=type_, name=name, urn=f"urn:{name}", **more)  # type: ignore[arg-type]


PLAN = Plan(
    project="shop",
    stack="dev",
    resources=(
        resource("db", "footing:index:Postgres", custom=False),
        resource("db-inner", "footing:index:Pooler", custom=False, parent="urn:db"),
        resource("db-pool", "aws:ecs/service:Service", parent="urn:db-inner"),
        resource(
            "db-main",
            "aws:rds/instance:Instance",
            parent="urn:db",
            protect=True,
            inputs={"password": secret(), "ports": [5432, unknown()], "tags": {"[red]a": "\x1b[31mred"}},
        ),
        resource("zone", "cloudflare:index/zone:Zone", external=True),
    ),
    outputs={"url": "https://shop.example.com"},
)


def shown(plan: Plan, *, verbose: bool = False) -> str:
    console = Console(file=io.StringIO(), width=120, no_color=True)
    tree(plan, console, verbose=verbose)
    assert isinstance(console.file, io.StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())


def test_tree_nests_components_marks_protected_and_counts() -> None:
    assert shown(PLAN) == (
        """\
shop / dev
├── db  footing.Postgres
│   ├── db-inner  footing.Pooler
│   │   └── db-pool  aws.ecs.Service
│   └── db-main  aws.rds.Instance  protected
└── zone  cloudflare.Zone  read only
component     resources  protected
db                    2          1
no component          1          0
total                 3          1
`pulumi` counts the 2 components and the stack itself too: 6 in all."""
    )


def test_verbose_tree_writes_values_but_no_secret_and_no_terminal_code() -> None:
    text = shown(PLAN, verbose=True)
    assert "password: [secret]" in text
    assert "ports: [5432, [unknown]]" in text
    assert '{[red]a: "\\u001b[31mred"}' in text
    assert 'url: "https://shop.example.com"' in text
    assert "\x1b" not in text


@pytest.mark.parametrize(
    ("token", "short"),
    [
        ("aws:ec2/vpc:Vpc", "aws.ec2.Vpc"),
        ("cloudflare:index/zone:Zone", "cloudflare.Zone"),
        ("footing:index:Redis", "footing.Redis"),
        ("pulumi:providers:aws", "pulumi.providers.aws"),
        ("footing-sentry:index:ClientKey", "footing-sentry.ClientKey"),
        ("odd", "odd"),
    ],
)
def test_short_type_leaves_out_what_repeats(token: str, short: str) -> None:
    assert short_type(token) == short


def test_notes_follow_the_counts_each_on_a_line_of_its_own():
    console = Console(file=io.StringIO(), width=20, no_color=True)
    tree(PLAN, console, notes=["a note that is longer than the console is wide [x]"])
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().endswith("\na note that is longer than the console is wide [x]\n")
