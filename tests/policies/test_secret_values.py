"""Variables that hold a secret, and those that only sound like it: from the examples of real applications."""

import base64
import json

import pytest

from policies.secret_values import is_secret, secret_by_form


def web_token(role: str) -> str:
    parts = [json.dumps(it).encode() for it in ({"alg": "HS256"}, {"role": role, "iss": "supabase"})]
    return ".".join([*(base64.urlsafe_b64encode(it).decode().rstrip("=") for it in parts), "c2lnbmF0dXJl"])


RANDOM = "q8Zr3Lk0VxN7bTgYw2HsJd5f"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ACCESS_TOKEN_EXPIRE_MINUTES", "30"),
        ("JWT_TOKEN_LOCATION", "headers"),
        ("PASSWORD_RESET_TIMEOUT", "3600"),
        ("PASSWORD_MIN_LENGTH", "12"),
        ("MIN_PASSWORD_LENGTH", "12"),
        ("TOKEN_TTL", "15m"),
        ("MAX_TOKENS", "4096"),
        ("TOKEN_ALGORITHM", "HS256"),
        ("DISABLE_PASSWORD_LOGIN", "true"),
        ("ENABLE_TOKEN", "false"),
        ("SECRETS_PROVIDER", "aws"),
        ("PASSWORD_FILE", "/run/secrets/it"),
        ("DATABASE_PASSWORD", ""),
        ("NEXT_PUBLIC_SUPABASE_ANON_KEY", web_token("anon")),
        ("SUPABASE_ANON_KEY", web_token("anon")),
        ("NEXT_PUBLIC_GOOGLE_MAPS_API_KEY", "AIzaSyD-0123456789abcdefghijklmnopqrstu"),
        ("NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY", "pk_live_0123456789abcdefABCDEF"),
        ("STRIPE_PUBLISHABLE_KEY", "pk_test_0123456789abcdefABCDEF"),
        ("NEXT_PUBLIC_POSTHOG_KEY", "phc_0123456789abcdefABCDEFghij"),
        ("NEXT_PUBLIC_MAPBOX_TOKEN", "pk.eyJ1Ijoib2N0byJ9.c2lnbmF0dXJl"),
        ("VAPID_PUBLIC_KEY", "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA"),
        ("RECAPTCHA_SITE_KEY", "6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ"),
        ("CACHE_KEY", "feed"),
        ("PRIMARY_KEY", "id"),
        ("SENTRY_DSN", "https://public@sentry.example.com/1"),
        ("AUTH_HOST", "auth:8080"),
        ("API_URL", "https://api.example.com/v1?page=2"),
        *(("PGPASSFILE", "/etc/pgpass"), ("TOKENIZER", "bert"), ("DOCS", "https://example.com/hooks/use-state")),
        ("GIT_SHA", "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"),
        ("LOG_LEVEL", "info"),
    ],
)
def test_setting_or_public_key_is_no_secret(name: str, value: str):
    assert not is_secret(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASIC_AUTH", "user:pass"),
        ("CALCOM_LICENSE_KEY", "59c0bed7-8b21-4280-8514-e022fbfc24c7"),
        ("STRIPE", "sk_live_0123456789"),
        ("STRIPE_SECRET_KEY", "x"),
        ("DB_PASSWORD", "hunter2"),
        ("DB_PASSWORD", "12345678"),
        ("SMTP_PASS", "hunter2"),
        *((name, "hunter2") for name in ("PGPASSWORD", "DBPASSWD", "ACCESSTOKEN", "DB_PW", "CLIENTSECRET")),
        ("ALERTS_URL", "https://outlook.office.com/webhook/a@b/IncomingWebhook/c/d"),
        ("ALERTS_URL", "https://events.pagerduty.com/integration/abc/enqueue"),
        ("ALERTS_URL", "https://chat.example.com/hooks/abcdefghijklmnopqrstuvwxyz"),
        ("DEFAULT_HEADER", "X-Api-Key: hunter2"),
        ("RAILS_MASTER_KEY", "x"),
        ("SECRET_KEY_BASE", "x"),
        ("SUPABASE_ANON_KEY", web_token("service_role")),
        ("SUPABASE_KEY", web_token("service_role")),
        ("ALERTS", "https://hooks.slack.com/services/T0/B0/abc"),
        ("ALERTS_URL", "https://discord.com/api/webhooks/1/abc"),
        ("QUEUE_URL", "amqp://app:pass@queue.internal"),
        ("CACHE_URL", "rediss://:pass@cache.internal:6379"),
        ("SENTRY_DSN", "https://public:private@sentry.example.com/1"),
        ("DATABASE_DSN", "host=db user=app password=hunter2"),
        ("CALLBACK", "https://api.example.com/?token=abcdef"),
        ("DEPLOY", "ghp_0123456789abcdefghijABCDEFGHIJ012345"),
        ("AWS", "AKIAIOSFODNN7EXAMPLE"),
        ("PEM", "-----BEGIN EC PRIVATE KEY-----\nabc"),
        ("PUBLIC_KEY", "-----BEGIN PRIVATE KEY-----\nabc"),
        ("SALT", RANDOM),
        ("NEXT_PUBLIC_API_SECRET", "hunter2"),
        ("VITE_API_TOKEN", "abc"),
        ("VITE_REDIS_URL", "rediss://:pw@h:6379"),
        ("PUBLISHABLE_KEY", "sk_live_0123456789"),
    ],
)
def test_secret_is_known_by_its_name_or_its_form(name: str, value: str):
    assert is_secret(name, value)


@pytest.mark.parametrize("value", ["https://admin:PASS@grafana.example", "https://e.example/r?token=abc"])
def test_address_with_a_credential_has_a_form_that_only_secrets_have(value: str):
    assert secret_by_form(value)
    assert not secret_by_form("https://grafana.example/d/abc?orgId=1")
