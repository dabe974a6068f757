"""Response headers of the files: Cache-Control, CORS and security.

Cache-Control comes from a function at the edge, not from a response headers policy: CloudFront adds a policy's
headers to errors too, and a browser that requested a file just before its upload would cache "403" for a year. A
function on viewer responses does not run for an error.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-restrictions.html
"""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

YEAR_SECONDS = 31536000
"""A year: the max-age of a file that never changes. Source: requirement S2-20."""
RUNTIME = "cloudfront-js-2.0"
"""Runtime of CloudFront functions."""
CODE = """\
function handler(event) {{
    var response = event.response;
    if (!response.headers['cache-control']) {{
        response.headers['cache-control'] = {{value: '{value}'}};
    }}
    return response;
}}
"""
"""Code of the function; an object's own Cache-Control, given at its upload, wins."""


def changing(cache_seconds: int, stale_seconds: int) -> str:
    """Return the Cache-Control of files that may change. Source: requirement S4-54."""
    return f"public, max-age={cache_seconds}, stale-while-revalidate={stale_seconds}"


FINGERPRINTED = f"public, max-age={YEAR_SECONDS}, immutable"
"""Cache-Control of files whose name changes with their content. Source: requirement S2-20."""


def make_function(name: str, cache_control: str, opts: pulumi.ResourceOptions) -> aws.cloudfront.Function:
    """Return a function that adds `cache_control` to every successful response that has none."""
    return aws.cloudfront.Function(
        name,
        runtime=RUNTIME,
        comment="Cache-Control of successful answers",
        code=CODE.format(value=cache_control),
        publish=True,
        opts=opts,
    )


def make_cache_policy(name: str, seconds: int, opts: pulumi.ResourceOptions) -> aws.cloudfront.CachePolicy:
    """Return a policy that caches for `seconds` where a file has no Cache-Control; one copy for all visitors."""
    return aws.cloudfront.CachePolicy(
        name,
        comment="By path alone: no cookie, no header and no query reaches the bucket",
        min_ttl=0,
        default_ttl=seconds,
        max_ttl=YEAR_SECONDS,
        parameters_in_cache_key_and_forwarded_to_origin={
            "cookies_config": {"cookie_behavior": "none"},
            "headers_config": {"header_behavior": "none"},
            "query_strings_config": {"query_string_behavior": "none"},
            "enable_accept_encoding_brotli": True,
            "enable_accept_encoding_gzip": True,
        },
        opts=opts,
    )


def make_headers_policy(
    name: str, allowed_origins: Sequence[str], opts: pulumi.ResourceOptions
) -> aws.cloudfront.ResponseHeadersPolicy:
    """Return security headers, and CORS for `allowed_origins`."""
    cors: aws.cloudfront.ResponseHeadersPolicyCorsConfigArgsDict = {
        "access_control_allow_credentials": False,
        "access_control_allow_headers": {"items": ["*"]},
        "access_control_allow_methods": {"items": ["GET", "HEAD"]},
        "access_control_allow_origins": {"items": list(allowed_origins)},
        "origin_override": True,
    }
    return aws.cloudfront.ResponseHeadersPolicy(
        name,
        comment="Security headers and cross-origin reads",
        security_headers_config={
            "content_type_options": {"override": True},
            "referrer_policy": {"referrer_policy": "strict-origin-when-cross-origin", "override": True},
            "strict_transport_security": {"access_control_max_age_sec": YEAR_SECONDS, "override": True},
        },
        cors_config=cors if allowed_origins else None,
        opts=opts,
    )
