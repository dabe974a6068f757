"""Types of the provider `footing-neon`. Settings that a program does not give stay as Neon has them."""

from collections.abc import Mapping, Sequence

from providers.description import Property, Resource, computed, optional, required
from providers.neon.plans import REGIONS

PACKAGE = "footing-neon"
LONGEST_SUSPEND_TIMEOUT_SECONDS = 604_800
LONGEST_HISTORY_SECONDS = 2_592_000
_PROJECT = "Id of the project."
_BRANCH = "Id of the branch; the `branch_id` of its read-write endpoint where there shall be one first."
_MIN_CU = "Least compute units."
_MAX_CU = "Most compute units; the same as the least ones for a fixed size."
_SUSPEND = (
    "Time without a query until the compute is suspended: 60 or more, 0 for Neon's own choice, -1 for never."
)
_POOL = (
    "Parameters of PgBouncer, as `default_pool_size`. The API has them, while Neon's pages say that users cannot "
    "set the pool."
)
_HOST = "Host name of PostgreSQL itself."
_POOLER_HOST = "Host name of the pool, on the same port."


class Project(Resource, package=PACKAGE, holds_data=True):
    """A project, with its default branch and the read-write compute of that: their settings are the project's.

    Deleting it deletes every branch and the history.
    """

    name: Property[str] = required("Name, for people.", pattern=r".{1,256}")
    region_id: Property[str] = required("Region, for example `aws-us-west-2`.", replaces=True, choices=REGIONS)
    pg_version: Property[int | None] = optional(
        "Major version of PostgreSQL; Neon's own choice when left out.",
        default=None,
        replaces=True,
        choices=(14, 15, 16, 17, 18),
    )
    org_id: Property[str | None] = optional(
        "Organization that pays; the key's own when left out.",
        default=None,
        replaces=True,
        pattern=r"[a-z0-9-]{1,60}",
    )
    history_retention_seconds: Property[int | None] = optional(
        "How far back data can be restored.", default=None, minimum=0, maximum=LONGEST_HISTORY_SECONDS
    )
    autoscaling_limit_min_cu: Property[float | None] = optional(_MIN_CU, default=None, minimum=0.25)
    autoscaling_limit_max_cu: Property[float | None] = optional(_MAX_CU, default=None, minimum=0.25)
    suspend_timeout_seconds: Property[int | None] = optional(
        _SUSPEND, default=None, minimum=-1, maximum=LONGEST_SUSPEND_TIMEOUT_SECONDS
    )
    pgbouncer_settings: Property[Mapping[str, str] | None] = optional(_POOL, default=None)
    allowed_ips: Property[Sequence[str] | None] = optional(
        "Addresses and ranges that may connect; an empty list allows all.", default=None
    )
    allowed_ips_protected_branches_only: Property[bool | None] = optional(
        "Whether they hold for protected branches alone.", default=None
    )
    default_branch_id: Property[str] = computed("Id of the default branch.")
    endpoint_id: Property[str] = computed("Id of the read-write compute of the default branch.")
    host: Property[str] = computed(_HOST)
    pooler_host: Property[str] = computed(_POOLER_HOST)


class Branch(Resource, package=PACKAGE, holds_data=True):
    """A branch: a copy of its parent at one moment, without a compute."""

    project_id: Property[str] = required(_PROJECT, replaces=True)
    name: Property[str] = required("Name.", pattern=r".{1,256}")
    parent_id: Property[str | None] = optional(
        "Id of the branch that it copies; the default branch when left out.", default=None, replaces=True
    )
    init_source: Property[str | None] = optional(
        "Whether data is copied too.", default=None, replaces=True, choices=("parent-data", "schema-only")
    )
    protected: Property[bool | None] = optional("Whether it is kept from deletion and reset.", default=None)
    expires_at: Property[str | None] = optional(
        "When Neon deletes it, for example `2026-12-31T00:00:00Z`; never when left out.",
        default=None,
        pattern=r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    )
    branch_id: Property[str] = computed("Neon's id.")


class Endpoint(Resource, package=PACKAGE):
    """A compute of a branch: PostgreSQL with a pool in front. Each branch has one read-write compute at most."""

    project_id: Property[str] = required(_PROJECT, replaces=True)
    branch_id: Property[str] = required("Id of the branch.", replaces=True)
    type: Property[str] = required(
        "What it may do; a read-only one is a replica.", replaces=True, choices=("read_write", "read_only")
    )
    autoscaling_limit_min_cu: Property[float | None] = optional(_MIN_CU, default=None, minimum=0.25)
    autoscaling_limit_max_cu: Property[float | None] = optional(_MAX_CU, default=None, minimum=0.25)
    suspend_timeout_seconds: Property[int | None] = optional(
        _SUSPEND, default=None, minimum=-1, maximum=LONGEST_SUSPEND_TIMEOUT_SECONDS
    )
    pgbouncer_settings: Property[Mapping[str, str] | None] = optional(_POOL, default=None)
    endpoint_id: Property[str] = computed("Neon's id.")
    host: Property[str] = computed(_HOST)
    pooler_host: Property[str] = computed(_POOLER_HOST)


class Role(Resource, package=PACKAGE):
    """A role of PostgreSQL that may log in. Making one ends the open connections of the branch."""

    project_id: Property[str] = required(_PROJECT, replaces=True)
    branch_id: Property[str] = required(_BRANCH, replaces=True)
    name: Property[str] = required("Name.", replaces=True, pattern=r".{1,63}")
    password: Property[str] = computed("Password, which Neon makes.", secret=True)


class Database(Resource, package=PACKAGE, holds_data=True):
    """A database. Its addresses have the owner's password, and reach the branch's read-write compute."""

    project_id: Property[str] = required(_PROJECT, replaces=True)
    branch_id: Property[str] = required(_BRANCH, replaces=True)
    name: Property[str] = required("Name.", pattern=r".{1,63}")
    owner_name: Property[str] = required("Role that owns it.")
    connection_uri: Property[str] = computed("Address at PostgreSQL itself, for migrations.", secret=True)
    pooled_connection_uri: Property[str] = computed("Address at the pool, for applications.", secret=True)
