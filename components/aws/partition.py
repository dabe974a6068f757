"""Partitions of AWS: how the ARNs of a region begin, and what its names end with.

https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
"""

PARTITIONS = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
    "eusc-": "aws-eusc",
}
"""Partition by the beginning of its regions' names; any other region is one of `aws`."""
DNS_SUFFIXES = {
    "aws-cn": "amazonaws.com.cn",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
    "aws-iso-e": "cloud.adc-e.uk",
    "aws-iso-f": "csp.hci.ic.gov",
    "aws-eusc": "amazonaws.eu",
}
"""End of the host names of a partition's services, where it is not `amazonaws.com`."""
GOVCLOUD = "aws-us-gov"
"""AWS GovCloud (US)."""


def partition(region: str) -> str:
    """Return the partition of a region, or of one of its zones."""
    return next((found for begin, found in PARTITIONS.items() if region.startswith(begin)), "aws")


def dns_suffix(region: str) -> str:
    """Return the end of the host names of a region's services, for example `amazonaws.com`."""
    return DNS_SUFFIXES.get(partition(region), "amazonaws.com")


def managed_policy(region: str, path: str) -> str:
    """Return the ARN of a policy that AWS manages, for example `service-role/AmazonRDSEnhancedMonitoringRole`."""
    return f"arn:{partition(region)}:iam::aws:policy/{path}"


def rds_authorities_url(region: str) -> str:
    """Return the address of the certificate authorities of RDS: GovCloud has its own.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
    """
    place = "us-gov-west-1." if partition(region) == GOVCLOUD else ""
    return f"https://truststore.pki.{place}rds.amazonaws.com/global/global-bundle.pem"
