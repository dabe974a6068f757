from msgspec.structs import replace

from components.clerk.component import Clerk, ClerkArgs, JwtTemplateArgs
from tests.components.inventory import inventory
from tests.components.recording import Recorded, Secret, record_component

ARGS = ClerkArgs(
    application_id="app_shop",
    instance="development",
    publishable_key="pk_test_x",
    issuer="https://clerk.example.com",
    secret_key="sk",
    settings={"session": {"lifetime": 86400}},
    setting_secrets={"connection_oauth_google.client_secret": "word", "connection_oauth_google.other": "two"},
    allowed_origins=["capacitor://localhost"],
    jwt_templates={
        "supabase": JwtTemplateArgs(
            claims={"role": "authenticated"}, lifetime_seconds=90, allowed_clock_skew_seconds=7
        )
    },
    redirect_urls=["shop://callback"],
)


def record(**changes: object) -> Recorded[Clerk]:
    return record_component(lambda: Clerk("clerk", replace(ARGS, **changes)))


def test_instance_is_configured_with_everything_and_nothing_else():
    assert inventory(record()) == {
        "InstanceConfig/clerk-instance": {
            "applicationId": "app_shop",
            "instance": "development",
            "settings": {"session": {"lifetime": 86400}},
            "secrets": Secret({"connection_oauth_google": {"client_secret": "word", "other": "two"}}),
        },
        "AllowedOrigins/clerk-origins": {"origins": ["capacitor://localhost"]},
        "JwtTemplate/clerk-template-supabase": {
            "name": "supabase",
            "claims": {"role": "authenticated"},
            "lifetimeSeconds": 90,
            "allowedClockSkewSeconds": 7,
        },
        "RedirectUrl/clerk-redirect-1": {"url": "shop://callback"},
    }
    assert record().outputs == {
        "publishable_key": "pk_test_x",
        "secret_key": Secret("sk"),
        "issuer": "https://clerk.example.com",
        "jwks_url": "https://clerk.example.com/.well-known/jwks.json",
    }


def test_what_is_not_given_is_left_to_clerk_s_pages():
    nothing = {
        "settings": {},
        "setting_secrets": {},
        "allowed_origins": (),
        "jwt_templates": {},
        "redirect_urls": (),
    }
    assert inventory(record(**nothing)) == {}
