"""What the server needs to know of Neon.

Never asked of the real one, but of the fake alone, which is held to Neon's OpenAPI document of 2025-10-26: how
long operations take; whether `error` is an end of an operation or comes before another try; whether
`pgbouncer_settings` change the pool, of which Neon's pages say that it cannot be set; whether a PATCH leaves alone
the settings that it does not name; whether a database keeps its number when it is renamed.
"""

from providers._server.servicer import Vendor
from providers.neon import branches, computes, projects, resources

VENDOR = Vendor(
    package=resources.PACKAGE,
    text="Neon's API",
    endpoint="https://console.neon.tech/api/v2",
    endpoint_variable="FOOTING_NEON_ENDPOINT",
    credentials={"NEON_API_KEY": ("Authorization", "Bearer {}")},
    handlers={
        resources.Project: projects.ProjectHandler(),
        resources.Branch: branches.BranchHandler(),
        resources.Endpoint: computes.EndpointHandler(),
        resources.Role: branches.RoleHandler(),
        resources.Database: branches.DatabaseHandler(),
    },
    # Locked by another operation, and not there: of both Neon says that nothing was done, also for a POST.
    busy=frozenset({423, 503}),
)
