"""What Cloudflare takes for a setting of a zone and for a record: reviewed, for the SDK says nothing of it.

https://developers.cloudflare.com/api/resources/zones/subresources/settings/methods/edit/, reviewed on 2026-11-26.
"""

from collections.abc import Iterator

from simulator.validate import Failure
from wire_format import Properties, is_unknown, reveal

SETTING, RECORD = "cloudflare:index/zoneSetting:ZoneSetting", "cloudflare:index/dnsRecord:DnsRecord"
_SWITCHES = (
    "0rtt always_online always_use_https automatic_https_rewrites brotli browser_check development_mode "
    "early_hints email_obfuscation hotlink_protection "
    "http2 http3 ip_geolocation ipv6 mirage opportunistic_encryption "
    "opportunistic_onion prefetch_preload privacy_pass replace_insecure_js response_buffering rocket_loader "
    "server_side_exclude sort_query_string_for_cache tls_client_auth true_client_ip_header waf webp websockets"
)
_VALUES = {
    **dict.fromkeys(_SWITCHES.split(), "on off"),
    "cache_level": "aggressive basic simplified",
    "min_tls_version": "1.0 1.1 1.2 1.3",
    "polish": "off lossless lossy",
    "pseudo_ipv4": "off add_header overwrite_header",
    "security_level": "off essentially_off low medium high under_attack",
    "ssl": "off flexible full strict origin_pull",
    "tls_1_3": "on off zrt",
}
_TTL_SECONDS = range(30, 86_401)
"""https://developers.cloudflare.com/dns/manage-dns-records/reference/ttl/; 60 but on an enterprise zone."""
_PROXIED = {"A", "AAAA", "CNAME"}


def zone_faults(token: str, inputs: Properties) -> Iterator[Failure]:
    """Yield what Cloudflare would refuse of a setting or a record, by the property's path."""
    plain = reveal(inputs)
    if token == SETTING:
        value, allowed = plain.get("value"), _VALUES.get(str(plain.get("settingId")), "")
        if allowed and not is_unknown(value) and value not in allowed.split():
            yield Failure("value", f"given a value that {plain['settingId']} does not have, allowed {allowed}")
        header = value.get("strict_transport_security") if isinstance(value, dict) else None
        age = header.get("max_age") if isinstance(header, dict) else None
        if plain.get("settingId") == "security_header" and (not isinstance(age, int) or age < 0):
            yield Failure("value", "given something else, allowed {strict_transport_security: {max_age, ...}}")
    elif token == RECORD:
        ttl, kind = plain.get("ttl"), plain.get("type")
        if isinstance(ttl, int) and ttl != 1 and ttl not in _TTL_SECONDS:
            yield Failure("ttl", f"given {ttl}, allowed 1 (automatic) or 30 to 86400")
        if (
            plain.get("proxied") is True
            and isinstance(kind, str)
            and not is_unknown(kind)
            and kind not in _PROXIED
        ):
            yield Failure("proxied", f"given true for {kind}, allowed for {', '.join(sorted(_PROXIED))}")
