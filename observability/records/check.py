"""The check: one line of the readiness checklist, a question to the live system and the answer that it wants.

Questions are plain data, which components declare beside their alerts; the room `readiness` asks them. A text in a
question may name what only a deployment knows: `{output:NAME}`, an output of the stack.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field


class Group(StrEnum):
    """What a check is about; `footing ready --group` takes these."""

    DATABASE = "database"
    POOLER = "pooler"
    REDIS = "redis"
    SERVICE = "service"
    EDGE = "edge"
    FRONTEND = "frontend"
    STORAGE = "storage"
    OBSERVABILITY = "observability"
    SIGN_IN = "sign-in"
    LAUNCH = "launch"


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
        return str(self.comparison) if self.value is None else f"{self.comparison} {self.value}"


class AwsQuestion(Struct, frozen=True, kw_only=True):
    """A call of an AWS API that reads."""

    service: str
    """Service as botocore calls it: rds."""
    operation: str
    """Operation as the API calls it: DescribeDBInstances."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Its parameters."""
    path: str
    """JMESPath of the value in the answer: DBInstances[0].MultiAZ. https://jmespath.org/"""
    wanted: Wanted
    """What the value must be."""

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

    def __str__(self) -> str:
        """Return the command."""
        return " ".join(self.command)


class HttpQuestion(Struct, frozen=True, kw_only=True):
    """A request to what the stack serves."""

    url: str
    """Address."""
    part: str
    """What of the answer is looked at: `status`, `body`, `seconds`, `header NAME`, or a JMESPath after `json `."""
    wanted: Wanted
    """What that part must be."""
    method: str = "GET"
    """Method."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers of the request."""
    body: str | None = None
    """Body of the request."""
    times: int = 1
    """How often it is sent; the last answer is looked at."""

    def __str__(self) -> str:
        """Return the request as a person would send it."""
        again = f" {self.times} times" if self.times > 1 else ""
        return f"{self.method} {self.url}{again}: {self.part}"


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
    """Path with its query, below the API's address: /zones/{output:zone_id}."""
    path: str
    """JMESPath of the value in the answer."""
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


Question = AwsQuestion | SqlQuestion | RedisQuestion | HttpQuestion | VendorQuestion | ByHand
"""Each kind has one module of `readiness/` that asks it."""


class Check(Struct, frozen=True, kw_only=True):
    """One line of the readiness checklist: a fact about the live system that is verified by a question."""

    id: str
    """Kebab case, unique in a stack."""
    group: Group
    """What it is about."""
    title: str
    """The fact, as a statement."""
    question: Question
    """What verifies it."""
    fix: str
    """Remedy when it does not hold, with the key of the stack file where one decides it."""
