"""Addresses from which Cloudflare calls an origin, as plain data.

Published at https://www.cloudflare.com/ips-v4; unchanged since 2021. Data, not a lookup: a preview must not depend
on a call to the internet, and a change of who may reach the origin belongs in a review.
"""

IPV4_RANGES: tuple[str, ...] = (
    "103.21.244.0/22",
    "103.22.200.0/22",
    "103.31.4.0/22",
    "104.16.0.0/13",
    "104.24.0.0/14",
    "108.162.192.0/18",
    "131.0.72.0/22",
    "141.101.64.0/18",
    "162.158.0.0/15",
    "172.64.0.0/13",
    "173.245.48.0/20",
    "188.114.96.0/20",
    "190.93.240.0/20",
    "197.234.240.0/22",
    "198.41.128.0/17",
)
"""IPv4 ranges, sorted as text. The network here has no IPv6."""
