"""What Vercel's plans, regions and names allow: reviewed on 2026-11-26. Standard library only.

https://vercel.com/docs/limits and the pages linked below; frameworks: packages/frameworks/src/frameworks.ts of
https://github.com/vercel/vercel at 17d9eba.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple


class VercelPlan(NamedTuple):
    """What a plan holds, for one project."""

    custom_environments: int
    """Environments beside production, preview and development.
    https://vercel.com/docs/deployments/environments#custom-environments"""
    function_regions: int
    """Regions that functions may run in. https://vercel.com/docs/functions/configuring-functions/region"""
    function_timeout_seconds: int
    """Longest run of a function. https://vercel.com/docs/functions/limitations"""
    domains: int
    """Domains. https://vercel.com/docs/limits"""
    protections: frozenset[str]
    """Ways to keep strangers out. https://vercel.com/docs/deployment-protection"""
    skew_protection: bool
    """Whether old pages go on with the deployment that they came from. https://vercel.com/docs/skew-protection"""


MANY: Final = 100_000
"""Stands for no limit: what Vercel calls unlimited, or a soft limit."""
PLANS: Final[Mapping[str, VercelPlan]] = {
    "hobby": VercelPlan(0, 1, 300, 50, frozenset({"standard", "none"}), skew_protection=False),
    "pro": VercelPlan(1, 3, 800, MANY, frozenset({"standard", "all", "password", "none"}), skew_protection=True),
    "enterprise": VercelPlan(
        12,
        MANY,
        800,
        MANY,
        frozenset({"standard", "all", "password", "trusted_ips", "none"}),
        skew_protection=True,
    ),
}
"""Every plan, the smallest first."""

REGIONS: Final[Mapping[str, str]] = {
    "us-east-1": "iad1",
    "us-east-2": "cle1",
    "us-west-1": "sfo1",
    "us-west-2": "pdx1",
    "ca-central-1": "yul1",
    "sa-east-1": "gru1",
    "eu-west-1": "dub1",
    "eu-west-2": "lhr1",
    "eu-west-3": "cdg1",
    "eu-central-1": "fra1",
    "eu-north-1": "arn1",
    "me-central-1": "dxb1",
    "af-south-1": "cpt1",
    "ap-south-1": "bom1",
    "ap-southeast-1": "sin1",
    "ap-southeast-2": "syd1",
    "ap-east-1": "hkg1",
    "ap-northeast-1": "hnd1",
    "ap-northeast-2": "icn1",
    "ap-northeast-3": "kix1",
}
"""Vercel's regions, by the AWS region that each is in. https://vercel.com/docs/regions"""

FRAMEWORKS: Final = frozenset(
    {
        *("container", "blitzjs", "nextjs", "gatsby", "remix", "react-router", "astro", "hexo", "eleventy"),
        *("docusaurus-2", "docusaurus", "preact", "solidstart-1", "solidstart", "dojo", "ember", "vue"),
        *("scully", "ionic-angular", "angular", "polymer", "svelte", "sveltekit", "sveltekit-1"),
        *("ionic-react", "create-react-app", "gridsome", "umijs", "sapper", "saber", "stencil", "nuxtjs"),
        *("redwoodjs", "hugo", "jekyll", "brunch", "middleman", "zola", "hydrogen", "vite"),
        *("tanstack-start", "tanstack-start-lovable", "vitepress", "vuepress", "parcel", "fastapi", "flask"),
        *("fasthtml", "django", "ash", "eve", "sanity", "sanity-v2", "storybook", "nitro", "hono"),
        *("express", "h3", "koa", "nestjs", "elysia", "fastify", "xmcp", "python", "ruby", "rust", "axum"),
        *("actix-web", "bun", "node", "go", "services", "mastra"),
    }
)
"""Names of frameworks, as Vercel writes them."""

NODE_VERSIONS: Final = ("18.x", "20.x", "22.x", "24.x")
"""Versions of Node.js for builds and functions."""
SKEW_PROTECTION: Final = ("30 minutes", "4 hours", "12 hours", "1 day", "7 days")
"""How long old pages may go on with their own deployment."""

TARGETS: Final = ("production", "preview", "development")
"""Environments that every project has; no custom one has such a name."""
CNAME_TARGET: Final = "cname.vercel-dns-0.com"
"""Where the name below a domain points. https://vercel.com/docs/domains/set-up-custom-domain"""
APEX_ADDRESS: Final = "76.76.21.21"
"""Where a domain itself points, which can be no CNAME in most zones. The same page."""
VARIABLES_BYTES: Final = 64 * 1024
"""Most bytes of all variables of one deployment.
https://vercel.com/docs/environment-variables#environment-variable-size"""
RESERVED: Final = frozenset(
    {
        *("AWS_SECRET_KEY", "AWS_EXECUTION_ENV", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME"),
        *("AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION"),
        *("NOW_REGION", "TZ", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"),
    }
)
"""Names that a variable may not have.
https://vercel.com/docs/environment-variables/reserved-environment-variables"""


def smallest_plan(holds: str, value: object) -> str | None:
    """Return the smallest plan that holds `value` of the property `holds`; None where none does."""
    for name, plan in PLANS.items():
        held = getattr(plan, holds)
        if (value in held) if isinstance(held, frozenset) else held >= value:
            return name
    return None
