"""Questions to the live system, as plain data, each with the answer that it wants."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field


class Comparison(StrEnum):
    """How an answer is compared with what is wanted."""

    IS = "is"
    IS_NOT = "is not"
    AT_LEAST = "at least"
    AT_MOST = "at most"
    CONTAINS = "contains"
    CONTAINS_NOT = "does not contain"
    EMPTY = "nothing"
    PRESENT = "something"


class Wanted(Struct, frozen=True):
    """What an answer must be."""

    comparison: Comparison
    """How it is compared."""
    value: str | float | bool | None = None
    """With what; None where the comparison needs nothing."""

    def __str__(self) -> str:
        """Return it as a person reads it: `at least 60`."""
        value = self.value
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return str(self.comparison) if value is None else f"{self.comparison} {value}"


class AwsQuestion(Struct, frozen=True, kw_only=True):
    """A call of an AWS API that reads."""

    service: str
    """Service as botocore calls it: rds."""
    operation: str
    """Operation as the API calls it: DescribeDBInstances."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Its parameters."""
    path: str
    """JMESPath of the value in the answer: DBInstances[0].MultiAZ. https://jmespath.org/ A moment is its age in
    seconds."""
    wanted: Wanted
    """What the value must be."""
    region: str | None = None
    """Region that is asked; the stack's when None."""

    def __str__(self) -> str:
        """Return the question as a person would ask it."""
        return f"{self.service} {self.operation}: {self.path}"


class Login(StrEnum):
    """Where PostgreSQL is asked, and as whom."""

    DIRECT = "direct"
    """At the server itself, as the role that owns the schema."""
    APPLICATION = "application"
    """Through the pooler, as the application."""
    POOLER_CONSOLE = "pooler console"
    """PgBouncer's own database `pgbouncer`, which answers SHOW."""


class SqlQuestion(Struct, frozen=True, kw_only=True):
    """A query; its answer is the first column of its rows: the value of a single row, or all of them as a list."""

    sql: str
    """One statement; it runs in a transaction that only reads and is rolled back."""
    wanted: Wanted
    """What the answer must be."""
    login: Login = Login.DIRECT
    """Where it is asked."""
    column: str | None = None
    """Column of the answer; the first when None."""
    where: Mapping[str, str] = field(default_factory=dict)
    """Rows that count: those with these values, by column; for SHOW, which has no WHERE."""
    before: tuple[str, ...] = ()
    """Statements before it in the same transaction, whose answers nobody looks at: SET LOCAL ROLE."""
    writes: bool = False
    """Whether the transaction may write; it is rolled back all the same. Only where the stack file asks for it."""

    def __str__(self) -> str:
        """Return the statement."""
        return self.sql


class RedisQuestion(Struct, frozen=True, kw_only=True):
    """A command of Redis."""

    store: str
    """Name of the store under `redis` in the stack file."""
    command: tuple[str, ...]
    """The command with its arguments: ("CONFIG", "GET", "maxmemory-policy")."""
    path: str | None = None
    """Line of INFO, or name of the setting; the whole answer when None."""
    wanted: Wanted
    """What the answer must be."""
    signed_in: bool = True
    """Whether the password is given first; a store that answers without it is open to everybody."""

    def __str__(self) -> str:
        """Return the command."""
        return " ".join(self.command) + ("" if self.signed_in else ", without a password")


class OutputQuestion(Struct, frozen=True, kw_only=True):
    """A look at an output that the stack was applied with."""

    output: str
    """Its name."""
    path: str
    """JMESPath of the value in it; a text that is JSON is read first."""
    wanted: Wanted
    """What the value must be."""

    def __str__(self) -> str:
        """Return the output and the path."""
        return f"output {self.output}: {self.path}"


class ProgramQuestion(Struct, frozen=True, kw_only=True):
    """A program on this machine; the answer is its major version."""

    program: str
    """Its name; it is asked by `--version`."""
    wanted: Wanted
    """What the major version must be."""

    def __str__(self) -> str:
        """Return the command."""
        return f"{self.program} --version"


class HttpQuestion(Struct, frozen=True, kw_only=True):
    """A request to what the stack serves. No redirect is followed: it is the answer."""

    url: str
    """Address."""
    part: str
    """What of the answer is looked at: a part of `readiness.http`."""
    wanted: Wanted
    """What that part must be."""
    method: str = "GET"
    """Method."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers of the request."""
    body: str | None = None
    """Body of the request."""
    times: int = 1
    """How often it is sent; the last answer is looked at. Of the part `statuses` it is the most: a 429 ends it."""
    conditional: bool = False
    """Whether it is sent once more with the answer's ETag as If-None-Match; the second answer is looked at."""
    find: str | None = None
    """Regular expression: what its group matches first in the page at `url` is the path that is asked instead."""
    main: bool = False
    """Whether it asks the main service, whose scheme and host API_URL or BASE_URL of the environment replace."""

    def __str__(self) -> str:
        """Return the request as a person would send it."""
        again = f" {self.times} times" if self.times > 1 else ""
        found = " and what it names" if self.find else ""
        known = " and again with its ETag" if self.conditional else ""
        return f"{self.method} {self.url}{found}{again}{known}: {self.part}"


class TlsQuestion(Struct, frozen=True, kw_only=True):
    """A handshake with what the stack serves."""

    url: str
    """Address, of which the host and the port count."""
    part: str
    """`protocol` (1.3), `days` that the certificate is still valid, or `refuses 1.1`."""
    wanted: Wanted
    """What that part must be."""
    main: bool = False
    """As in HttpQuestion."""

    def __str__(self) -> str:
        """Return the handshake for people."""
        return f"TLS {self.url}: {self.part}"


PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)(?::([A-Za-z0-9_-]+))?\}")
"""In a text of a step: `{uuid}` or `{uuid:NAME}`, new in each test; `{env:NAME}`, a variable; `{NAME}`, saved."""


class Step(Struct, frozen=True, kw_only=True):
    """A request of a smoke test; its texts may hold what `PLACE` says."""

    method: str
    """Method."""
    path: str
    """Path, with its query."""
    status: int | None = None
    """Status of the answer; any below 400 where None."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers of the request."""
    body: Any = None
    """Body of the request, sent as JSON; None for none."""
    save: Mapping[str, str] = field(default_factory=dict)
    """Values for later steps, by name: the JMESPath of each in the answer."""
    answer: Mapping[str, Any] = field(default_factory=dict)
    """What the answer's JSON holds, by JMESPath."""


class StepsQuestion(Struct, frozen=True, kw_only=True):
    """A smoke test: requests of which a later one may need an earlier one's answer. It writes."""

    url: str
    """Address of the service, without a path."""
    steps: tuple[Step, ...]
    """The requests, in order; the first that fails ends the test."""
    wanted: Wanted = Wanted(Comparison.IS, "passed")
    """The answer is `passed`, or the step that failed, and how."""
    main: bool = False
    """As in HttpQuestion."""

    def __str__(self) -> str:
        """Return the requests for people."""
        return f"{self.url}: {', then '.join(f'{it.method} {it.path}' for it in self.steps)}"


class Vendor(StrEnum):
    """Whose API is asked, with the token that deploys."""

    CLERK = "clerk"
    CLOUDFLARE = "cloudflare"
    DATADOG = "datadog"
    FLY = "fly"
    GITHUB = "github"
    GRAFANA = "grafana"
    NEON = "neon"
    REDIS_CLOUD = "redis cloud"
    SENTRY = "sentry"
    SUPABASE = "supabase"
    UPSTASH = "upstash"
    VERCEL = "vercel"


class VendorQuestion(Struct, frozen=True, kw_only=True):
    """A request of a vendor's API that reads."""

    vendor: Vendor
    """Whose API."""
    url: str
    """Path with its query, below the API's address; the whole address of Grafana and Datadog."""
    path: str
    """JMESPath of the value in the answer, with the functions of `readiness.look_up`."""
    wanted: Wanted
    """What the value must be."""

    def __str__(self) -> str:
        """Return the request."""
        return f"{self.vendor} GET {self.url}: {self.path}"


class ByHand(Struct, frozen=True):
    """What no program can ask; a person looks, so it is never green by itself."""

    what: str
    """Command, request or page that shows it."""

    def __str__(self) -> str:
        """Return what a person does."""
        return self.what


Question = (
    AwsQuestion
    | SqlQuestion
    | RedisQuestion
    | OutputQuestion
    | ProgramQuestion
    | HttpQuestion
    | TlsQuestion
    | StepsQuestion
    | VendorQuestion
    | ByHand
)
"""Each kind has one module of `readiness/` that asks it."""
