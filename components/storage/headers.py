"""What answers carry: how long they may be kept, and what browsers may do with them.

How long is said by a function at the edge, not by a response headers policy: CloudFront puts a policy's headers on
every answer, and a browser that asked for a file just before it was there would keep "403" for a year. A function
on viewer responses does not run for an error.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-restrictions.html
"""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

YEAR_SECONDS = 31536000
"""A year: what "for ever" is to a cache. Source: requirement S2-20."""

RUNTIME = "cloudfront-js-2.0"
"""JavaScript of CloudFront functions."""

CODE = """\
function handler(event) {{
    var response = event.response;
    if (!response.headers['cache-control']) {{
        response.headers['cache-control'] = {{value: '{value}'}};
    }}
    return response;
}}
"""
"""An object's own Cache-Control, given at its upload, comes first."""


def changing(cache_seconds: int, stale_seconds: int) -> str:
    """Cache-Control of files that may change. Source: requirement S4-54."""
    return f"public, max-age={cache_seconds}, stale-while-revalidate={stale_seconds}"


FINGERPRINTED = f"public, max-age={YEAR_SECONDS}, immutable"
"""Cache-Control of files whose name changes with their content. Source: requirement S2-20."""


def make_function(name: str, cache_control: str, opts: pulumi.ResourceOptions) -> aws.cloudfront.Function:
    """A function that adds `cache_control` to every answer that is no error and has none."""
    return aws.cloudfront.Function(
        name,
        runtime=RUNTIME,
        comment="Cache-Control of successful answers",
        code=CODE.format(value=cache_control),
        publish=True,
        opts=opts,
    )


def make_cache_policy(name: str, seconds: int, opts: pulumi.ResourceOptions) -> aws.cloudfront.CachePolicy:
    """What CloudFront keeps for `seconds`, where a file says nothing itself; one copy for all visitors."""
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
    """Security headers, and leave for the scripts of `allowed_origins` to read."""
    return aws.cloudfront.ResponseHeadersPolicy(
        name,
        comment="Security headers and cross-origin reads",
        security_headers_config={
            "content_type_options": {"override": True},
            "referrer_policy": {"referrer_policy": "strict-origin-when-cross-origin", "override": True},
            "strict_transport_security": {"access_control_max_age_sec": YEAR_SECONDS, "override": True},
        },
        cors_config=_cross_origin(allowed_origins) if allowed_origins else None,
        opts=opts,
    )


def _cross_origin(origins: Sequence[str]) -> aws.cloudfront.ResponseHeadersPolicyCorsConfigArgsDict:
    return {
        "access_control_allow_credentials": False,
        "access_control_allow_headers": {"items": ["*"]},
        "access_control_allow_methods": {"items": ["GET", "HEAD"]},
        "access_control_allow_origins": {"items": list(origins)},
        "origin_override": True,
    }
