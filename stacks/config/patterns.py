"""What the patterns of the configuration allow, in words, for the sentences about wrong values."""

from stacks.config import windows
from stacks.config.base import HOSTNAME, SERVED_HOSTNAME, SIZE
from stacks.config.cache import PATTERN
from stacks.config.clerk import ORIGIN
from stacks.config.frontends import DIRECTORY, ENVIRONMENT, FRONTEND_SOURCE, PUBLIC_SOURCE
from stacks.config.github import BRANCH, REPOSITORY
from stacks.config.managed_postgres import FUNCTION_SOURCE
from stacks.config.schema_register import OBJECT, TABLES
from stacks.config.vendor import CIDR
from stacks.config.workload import EXISTING_SOURCE, VALUE_SOURCE

_METRIC_WORDS = "a name of Prometheus: letters, digits and _, no digit first"

PATTERNS = {
    HOSTNAME: "a host name in lower case, with a dot and none at its end; other letters as xn--...",
    SERVED_HOSTNAME: "a host name in lower case, with a dot and none at its end, or *. and one",
    REPOSITORY: "owner and name of a repository, such as example/shop",
    BRANCH: "a branch of git, or a pattern with *, such as main or release/*",
    PATTERN: "parts joined by colons: names in lower case and {placeholders}, a name first, such as feed:{user}",
    windows.DAILY: "two times of day, UTC, such as 03:00-04:00",
    windows.WEEKLY: "two times of the week, UTC, such as sun:04:30-sun:05:30",
    rf"^db\.[cmrtxz]\d[a-z]{{0,4}}\.{SIZE}$": "a class of RDS, such as db.r6g.large",
    rf"^cache\.[cmrt]\d[a-z]{{0,4}}\.{SIZE}$": "a node type of ElastiCache, such as cache.r7g.large",
    r"^[a-z0-9]+\.[a-z0-9]+$": "an instance type of EC2, such as t4g.medium",
    r"^[7-9]\.\d{1,2}$": "a version 7, 8 or 9 with its minor number, such as 8.0",
    r"^1[4-9](\.\d{1,2})?$": "a version from 14 on, such as 16 or 16.11",
    r"^[a-z]{2,4}(-[a-z]+)+-\d$": "a region of AWS, such as eu-central-1",
    r"^\d{12}$": "12 digits",
    r"\S": "a text that is not empty",
    r"^[0-9a-f]{32}$": "an id of Cloudflare: 32 digits and letters a to f",
    r"^arn:aws[a-z-]*:kms:.+:key/.+$": "the ARN of a KMS key, arn:PARTITION:kms:REGION:ACCOUNT:key/ID",
    r"^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9_/+=.@-]+-[A-Za-z0-9_]{6}$": (
        "the whole ARN of a secret, arn:PARTITION:secretsmanager:REGION:ACCOUNT:secret:NAME and its six characters"
    ),
    r"^[a-z]([a-z0-9]|-[a-z0-9])*$": (
        "lower-case letters, digits and single hyphens between them, a letter first"
    ),
    r"^[a-z][a-z0-9-]{0,29}$": "up to 30 lower-case letters, digits and hyphens, a letter first",
    r"^[a-z0-9][a-z0-9-]{0,49}$": "up to 50 lower-case letters, digits and hyphens, no hyphen first",
    r"^[a-z][a-z0-9]{0,28}$": "up to 29 lower-case letters and digits, a letter first",
    r"^[a-z0-9-]+$": "lower-case letters, digits and hyphens",
    r"^[a-z][a-z0-9_-]*$": "lower-case letters, digits, _ and hyphens, a letter first",
    r"^[a-z][a-z0-9_]*$": "lower-case letters, digits and _, a letter first",
    r"^[a-z][a-z0-9_.]*$": "lower-case letters, digits, _ and dots, a letter first",
    r"^[A-Z][A-Z0-9_]*$": "capital letters, digits and _, a letter first",
    r"^[a-z_][a-z0-9_]*$": "lower-case letters, digits and _, no digit first",
    r"^[a-z_]+(\.[a-z_]+)+$": "a setting with a prefix, such as app.user_id",
    r"(?is)^\s*insert\s[^;]+;?\s*$": "one INSERT statement",
    r"^[a-z][a-z0-9+-]{0,30}$": "the name of a program in lower case",
    OBJECT: "a name of PostgreSQL in lower case, with its schema or without, such as app.events",
    TABLES: "a table, with its schema or without, or SCHEMA.* for each of that schema, such as public.*",
    r"^[A-Za-z0-9_./-]+$": "a path of letters, digits, dots, _, - and /",
    r"^[A-Za-z0-9_.-]+$": "letters, digits, dots, _ and hyphens",
    r"^(\d{4}-\d\d-\d\d|[a-z][a-z0-9_-]*)$": "a day, YYYY-MM-DD in quotes, or the name of a phase",
    r"^[a-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$": "a key of the stack file, such as services.api.task.cpu",
    r"^[a-z0-9][a-z0-9-]*$": "an id of an alert or a panel: lower-case letters, digits and hyphens",
    CIDR: "a range of IPv4 or IPv6, such as 203.0.113.0/24",
    PUBLIC_SOURCE: "an output of the stack for everybody, such as sentry.frontend_dsn or services.api.url",
    FRONTEND_SOURCE: "config, config.NAME, clerk.secret_key, database.pooled_url, or redis.NAME",
    r"^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$": "up to 32 lower-case letters, digits and hyphens between them",
    r"^[a-z0-9](-?[a-z0-9]+)*$": "lower-case letters, digits and single hyphens between them",
    r"^[a-z0-9.-]+\.[a-z0-9-]+(:\d+)?$": "the host of a registry, with its port or without, such as ghcr.io",
    ENVIRONMENT: "an environment: up to 32 lower-case letters, digits and hyphens, or * for the others",
    DIRECTORY: "a directory below the repository's own, without a / first",
    r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$": "owner and name of a repository, such as example/shop",
    r"^[A-Za-z0-9-]{1,60}$": "the name of a header: letters, digits and hyphens",
    r"^/[^\s#]*$": "a path from its first /, without spaces",
    r"^https://[a-z0-9.-]+(:\d+)?(/[^\s?#]*)?$": "an address that begins with https://",
    r"^\S{1,100}$": "up to 100 characters without spaces",
    r"^\d{1,3}(\.\d{1,3}){3}(/\d{1,2})?$": "an address or a range of IPv4, such as 203.0.113.7",
    r"^app_[A-Za-z0-9_]+$": "the id of an application at Clerk, app_...",
    r"^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)+$": "a dotted name, such as connection_oauth_google.client_secret",
    r"^[A-Za-z0-9_-]{1,64}$": "up to 64 letters, digits, _ and hyphens",
    r"^[a-z][a-z0-9+.-]*://\S+$": "a whole address, such as shop://callback",
    ORIGIN: "scheme and host, such as https://app.example.com or chrome-extension://ID",
    FUNCTION_SOURCE: "config, or redis.NAME for the URL of a store",
    r"^[a-z0-9]{1,8}$": "a file's ending without its dot: up to 8 lower-case letters and digits",
    r"^([A-Za-z0-9_.-]+|=)$": "letters, digits, _, dots and hyphens, or = for any cookie",
    VALUE_SOURCE: (
        "generated, config, clerk.secret_key, or the ARN of a secret (arn:PARTITION:secretsmanager:...:"
        "secret:NAME and its six characters, with :KEY:: for one key) or of a parameter "
        "(arn:PARTITION:ssm:...:parameter/NAME)"
    ),
    EXISTING_SOURCE: (
        "the ARN of a secret (arn:PARTITION:secretsmanager:...:secret:NAME and its six characters, with :KEY:: "
        "for one key) or of a parameter (arn:PARTITION:ssm:...:parameter/NAME)"
    ),
    r"^[a-z0-9-]+:[A-Za-z0-9]+\*?$": "an action of IAM, SERVICE:VERB, such as ses:SendEmail",
    r"^(\*|arn:aws[a-z-]*:[a-z0-9-]+:\S+)$": "an ARN, or * where the action knows no resource",
    r"^sg-[0-9a-f]{8,17}$": "the id of a security group, sg-...",
    r"^subnet-[0-9a-f]{8,17}$": "the id of a subnet, subnet-...",
    r"^vpc-[0-9a-f]{8,17}$": "the id of a VPC, vpc-...",
    r"^\d+(:\d+)?$": "a user and a group by number, such as 1000:1000",
    r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/[A-Za-z0-9_-]+$": (
        "the ARN of a certificate, arn:PARTITION:acm:REGION:ACCOUNT:certificate/ID"
    ),
    r"^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener/app/[^/]+/[a-f0-9]+/[a-f0-9]+$": (
        "the ARN of a listener, arn:PARTITION:elasticloadbalancing:REGION:ACCOUNT:listener/app/NAME/ID/ID"
    ),
    r"^[A-Za-z0-9_-]{1,255}$": "letters, digits, _ and hyphens",
    r"^[A-Za-z0-9_-]{1,75}(\.fifo)?$": "the name of a queue of SQS: letters, digits, _ and hyphens",
    r"^[A-Za-z0-9_:.{}-]+$": "a key of Redis, such as celery or bull:mails:wait",
    r"^[a-z_][a-z0-9_]{0,62}$": "a name of PostgreSQL: lower-case letters, digits and _, no digit first",
    r"^/[A-Za-z0-9._~*?/-]*$": "a path that begins with /, with * for any characters, such as /checkout/*",
    r"^[2-4]\d\d(-[2-4]\d\d)?(,[2-4]\d\d(-[2-4]\d\d)?)*$": "statuses, such as 200 or 200-204,301",
    r"^[A-Za-z0-9_-]+$": "letters, digits, _ and hyphens",
    r"^[a-zA-Z_:][a-zA-Z0-9_:]*$": f"{_METRIC_WORDS}; colons too",
    r"^[a-zA-Z_][a-zA-Z0-9_]*$": _METRIC_WORDS,
    r"^\d+(\.\d+)?$": "a number in quotes, as Prometheus writes it, such as '0.5'",
    r"^[1-5][0-9.]{2}$": "a status or a class of them, such as 404 or 5..",
    r"^/\S*$": "a path that begins with / and holds no space",
    r"^/([A-Za-z0-9._~-]+/)*$": "a path that begins and ends with /, of letters, digits, . _ ~ and -",
    r"^/([A-Za-z0-9._~-]+/)*[A-Za-z0-9._~-]*$": "a path that begins with /, of letters, digits, . _ ~ and -",
    r"^(/[A-Za-z0-9._~-]+)+$": "a file's path: a / first and none last, of letters, digits, . _ ~ and -",
    r"^\S+$": "a text without spaces",
    r"^[^@\s:/]+@[^@\s:/]+\.[^@\s:/]+$": "a mail address, such as team@example.com",
    r"^#[a-z0-9_-]{1,80}$": "a channel's name with its #, in lower case, up to 80 characters",
    r"^#[a-z0-9_-]{1,79}$": "a channel's name with its #, in lower case, up to 79 characters",
    r"^@[A-Za-z0-9_.@-]+$": "a handle with its @",
    r"^https://[^\s:/@]+(/\S*)?$": "an address https://HOST/PATH without a port or a password",
    r"^https://[^\s/@]+(/\S*)?$": "an address https://HOST/PATH without a password",
    r"^https://[^\s/@?#]+(/[^\s/?#]+)*$": "an address https://HOST/PATH without a password, ?, # or a last /",
    r"^(https|file)://\S+$": "an address that begins with https:// or file://",
    r"^[A-Za-z_]+(/[A-Za-z_+-]+)*$": "an IANA name of a time zone, such as Europe/Berlin",
    r"^(at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)|cron\(\S+( \S+){5}\))$": (
        "at(2026-12-24T18:00:00), or cron() with six fields"
    ),
    r"^[a-z_][a-z0-9_]{0,55}$": "a database's name: lower case, digits, underscores, at most 56 characters",
    r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$": "a bucket's name: lower case, digits, dots, -, 3 to 63 characters",
    r"^[a-z0-9][a-z0-9._-]{0,254}$": "a subnet group's name: lower case, digits, dots, _ and hyphens",
    r"^[a-z0-9][a-z0-9-]{0,254}$": "a subnet group's name: lower case, digits, hyphens",
    r"^[a-z0-9][a-z0-9./-]*$": "an id to import by: vpc-0123456789abcdef0, feed-prod",
    r"^[a-z0-9-]{1,60}$": "lower case, digits and hyphens, up to 60 characters",
    r"^(\d{1,3}(\.\d{1,3}){3}/\d{1,2}|[0-9a-f:]+/\d{1,3})$": "a range of addresses, such as 203.0.113.0/24",
    r"^(config|redis\.[a-z][a-z0-9-]{0,15})$": "config, or redis.NAME for the URL of a store",
    r"^[a-z][a-z0-9-]*$": "the name of a resource: database-primary",
}
"""Words by pattern; a test finds a pattern without words."""
