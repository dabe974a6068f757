"""What the server needs to know of Clerk.

`InstanceConfig` asks the Platform API, which Clerk calls a private beta, with `CLERK_PLATFORM_API_KEY`; the other
types ask the Backend API with `CLERK_SECRET_KEY`, which belongs to one instance. A stack needs the tokens of the
types that it has. Each write of settings is tried before with `dry_run`, and read afterwards.

Never asked of the real one, but of the fake alone, which is held to Clerk's OpenAPI documents of 2026-08-14 and
2026-05-12: which settings there are, which no document says but the API's own `config/schema`; whether a PATCH
leaves alone what lies beside a nested setting, as Clerk's own command line takes it to; whether every secret is
told as `REDACTED`; whether settings and origins are read as they were written; whether a template's null is its
default.
The API's `If-Match` is not used: of two who write one setting at once, the last one holds. A setting is not
cleared: null needs the API's `destructive`, which is never sent.
"""

from providers._server.servicer import Vendor
from providers.clerk import backend, instances, resources

_BEARER = ("Authorization", "Bearer {}")
VENDOR = Vendor(
    package=resources.PACKAGE,
    text="Clerk's API",
    endpoint="https://api.clerk.com/v1",
    endpoint_variable="FOOTING_CLERK_ENDPOINT",
    credentials={instances.PLATFORM_TOKEN: _BEARER, backend.SECRET_KEY: _BEARER},
    handlers={
        resources.InstanceConfig: instances.ConfigHandler(),
        resources.AllowedOrigins: backend.OriginsHandler(),
        resources.JwtTemplate: backend.TemplateHandler(),
        resources.RedirectUrl: backend.RedirectHandler(),
    },
)
