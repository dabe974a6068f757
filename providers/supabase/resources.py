"""Types of the provider `footing-supabase`."""

from collections.abc import Mapping, Sequence
from typing import Any

from providers.description import Property, Resource, computed, optional, required
from providers.supabase.plans import COMPUTE, REGIONS

PACKAGE = "footing-supabase"
_REF = "Reference of the project."


class Project(Resource, package=PACKAGE, holds_data=True):
    """A project: one PostgreSQL server with what Supabase puts around it. Deleting it deletes its backups too."""

    name: Property[str] = required("Name, for people.", pattern=r".{1,256}")
    organization_slug: Property[str] = required("Organization that pays.", replaces=True, pattern=r"[\w-]+")
    region: Property[str] = required("Region, for example `us-west-1`.", replaces=True, choices=REGIONS)
    postgres_engine: Property[str | None] = optional(
        "Major version of PostgreSQL; Supabase's own choice when left out. An upgrade is its own procedure.",
        default=None,
        replaces=True,
        choices=("15", "17"),
    )
    compute: Property[str | None] = optional(
        "Size of the server; the plan's smallest when left out.", default=None, choices=tuple(COMPUTE)
    )
    database_password: Property[str] = required("Password of the user `postgres`.", secret=True, pattern=r".{4,}")
    ref: Property[str] = computed("Reference, 20 letters.")
    host: Property[str] = computed("Host name of the server itself: IPv6 alone, without the add-on for IPv4.")
    status: Property[str] = computed("Status, for example `ACTIVE_HEALTHY`.")


class Pooler(Resource, package=PACKAGE):
    """The pool in front of a project's server. How many clients it takes follows from the project's size."""

    project_ref: Property[str] = required(_REF, replaces=True)
    pool_mode: Property[str] = required(
        "When a client gives its connection back.", choices=("transaction", "session")
    )
    default_pool_size: Property[int] = required(
        "Connections for each pair of user and database.", minimum=1, maximum=3000
    )
    host: Property[str] = computed("Host name.")
    port: Property[int] = computed("TCP port.")
    user: Property[str] = computed("User name, with the project's reference.")
    database: Property[str] = computed("Database.")
    max_client_connections: Property[int] = computed("Clients that the project's size allows.")


class PostgresSettings(Resource, package=PACKAGE):
    """Parameters of PostgreSQL; those that are not given stay as they are."""

    project_ref: Property[str] = required(_REF, replaces=True)
    settings: Property[Mapping[str, Any]] = required("Parameters by PostgreSQL's names.")


class NetworkRestrictions(Resource, package=PACKAGE):
    """Who may open a connection to the server and the pool; the HTTP APIs stay open to all."""

    project_ref: Property[str] = required(_REF, replaces=True)
    cidrs: Property[Sequence[str]] = required("Ranges of IPv4 and IPv6.")


class TlsEnforcement(Resource, package=PACKAGE):
    """Whether server and pool refuse connections without TLS. A change may restart the server."""

    project_ref: Property[str] = required(_REF, replaces=True)
    enforced: Property[bool] = required("Whether they do.")


class AuthSettings(Resource, package=PACKAGE):
    """Settings of the authentication service; those that are not given stay as they are."""

    project_ref: Property[str] = required(_REF, replaces=True)
    settings: Property[Mapping[str, Any]] = required("Settings by the API's names: rate_limit_token_refresh.")
    secrets: Property[Mapping[str, str] | None] = optional(
        "The same, for what must not be shown: security_captcha_secret. Supabase does not tell them.",
        default=None,
        secret=True,
    )


class ApiSettings(Resource, package=PACKAGE):
    """Settings of PostgREST; those that are not given stay as they are."""

    project_ref: Property[str] = required(_REF, replaces=True)
    max_rows: Property[int | None] = optional("Rows of one answer.", default=None, minimum=0, maximum=1000000)
    db_schema: Property[str | None] = optional("Schemas that it serves, with commas.", default=None)
    db_extra_search_path: Property[str | None] = optional("Schemas of functions and types.", default=None)
    db_pool: Property[int | None] = optional(
        "Connections that it keeps of its own, past the pool.", default=None, minimum=0, maximum=1000
    )


class PublicKey(Resource, package=PACKAGE):
    """The key by which browsers ask the project's APIs, which everybody may know. Nothing is made of it."""

    project_ref: Property[str] = required(_REF, replaces=True)
    key: Property[str] = computed("The publishable key, or the web token of the role `anon` where there is none.")


class Addon(Resource, package=PACKAGE):
    """Something that is bought beside the plan. The size of the server is the project's `compute`."""

    project_ref: Property[str] = required(_REF, replaces=True)
    variant: Property[str] = required(
        "Which: point-in-time recovery of so many days, an IPv4 address, a custom domain.",
        choices=("pitr_7", "pitr_14", "pitr_28", "ipv4_default", "cd_default"),
    )


class ReadReplica(Resource, package=PACKAGE):
    """A read replica with a door of its own."""

    project_ref: Property[str] = required(_REF, replaces=True)
    region: Property[str] = required("Region of the replica.", replaces=True, choices=REGIONS)
    identifier: Property[str] = computed("Supabase's name of it.")
    host: Property[str] = computed("Host name of its pool.")
    port: Property[int] = computed("TCP port.")
    user: Property[str] = computed("User name of its pool.")


class FunctionSecrets(Resource, package=PACKAGE):
    """Secrets that edge functions find as variables; those of other names stay as they are."""

    project_ref: Property[str] = required(_REF, replaces=True)
    secrets: Property[Mapping[str, str]] = required("Values by name; none begins with SUPABASE_.", secret=True)
