"""What the server needs to know of Supabase.

Never asked of the real one, but of the fake alone, which is held to Supabase's OpenAPI document of
2025-12-23: whether an empty list of ranges closes the server to everybody; whether a parameter that only a
start sets needs `restart_database`; how PostgreSQL's durations are read back; whether `pool_mode` governs the
shared pooler as well as the dedicated one; how long a change of size stops a project; whether a replica's
region can be told from its name; whether a new replica is told of at once: one that has no door within half
an hour is in no state, and the next `up` makes another; whether a key for browsers is told whole without `reveal`.
"""

from providers._server.servicer import Vendor
from providers.supabase import functions, projects, resources, settings

VENDOR = Vendor(
    package=resources.PACKAGE,
    text="Supabase's management API",
    endpoint="https://api.supabase.com",
    endpoint_variable="FOOTING_SUPABASE_ENDPOINT",
    credentials={"SUPABASE_ACCESS_TOKEN": ("Authorization", "Bearer {}")},
    handlers={
        resources.Project: projects.ProjectHandler(),
        resources.Pooler: settings.PoolerHandler(),
        resources.PostgresSettings: settings.PostgresHandler(),
        resources.NetworkRestrictions: settings.NetworkHandler(),
        resources.TlsEnforcement: settings.TlsHandler(),
        resources.AuthSettings: settings.AuthHandler(),
        resources.ApiSettings: settings.ApiHandler(),
        resources.PublicKey: settings.PublicKeyHandler(),
        resources.Addon: projects.AddonHandler(),
        resources.ReadReplica: projects.ReplicaHandler(),
        resources.FunctionSecrets: functions.SecretsHandler(),
    },
)
