"""Checks of a project at Supabase, by its management API: https://supabase.com/docs/reference/api/introduction."""

from observability import Check, Comparison, Group, Vendor, VendorQuestion, Wanted

POSTGIS = (
    "starts_with(not_null(metadata.name, ''), 'st_') || starts_with(not_null(metadata.name, ''), '_st_') || "
    'contains(`["postgis", "spatial_ref_sys", "geometry_columns", "geography_columns"]`, '
    "not_null(metadata.name, ''))"
)
"""JMESPath of a finding about what the extension PostGIS makes: only its makers can mend that."""
PHYSICAL = "physical_backup_data.latest_physical_backup_date_unix"
COMPLETED = "backups[?status=='COMPLETED'].inserted_at"


ASKED: tuple[tuple[str, Group, str, str, str, Wanted, str], ...] = (
    (
        "tls",
        Group.DATABASE,
        "The project refuses connections without TLS",
        "/ssl-enforcement",
        "currentConfig.database",
        Wanted(Comparison.IS, value=True),
        "Leave database.enforce_tls true, and apply again.",
    ),
    (
        "backup",
        Group.DATABASE,
        "A backup of the last day exists",
        "/database/backups",
        # With point in time recovery a change is written away every two minutes.
        f"min([days_since({PHYSICAL}), days_since(max({COMPLETED}))][?@ != `null`])",
        Wanted(Comparison.AT_MOST, 1.5),
        "Raise database.plan, or set database.pitr_days: the plan free takes none.",
    ),
    (
        "advisors",
        Group.DATABASE,
        "Supabase's security advisor finds nothing, but for what PostGIS makes",
        "/advisors/security",
        f"lints[?level != 'INFO' && !({POSTGIS})].join(' ', [name, not_null(metadata.name, '')])",
        Wanted(Comparison.EMPTY),
        "Enable row level security on the tables that it names; its page in Supabase's Advisors has the rest.",
    ),
    (
        "health",
        Group.DATABASE,
        "Supabase's services are healthy",
        "/health?services=auth&services=db&services=pooler&services=rest",
        "[?!healthy].name",
        Wanted(Comparison.EMPTY),
        "Look at status.supabase.com, then at Reports in Supabase's pages: which resource is used up.",
    ),
    (
        "pool-mode",
        Group.POOLER,
        "The pool is in transaction mode",
        "/config/database/pooler",
        "[?database_type=='PRIMARY'] | [0].pool_mode",
        Wanted(Comparison.IS, "transaction"),
        "Apply again: somebody changed Database, Settings in Supabase's pages.",
    ),
)
"""End of the id, group, fact, path below the project, JMESPath, wanted answer and remedy of each check."""


def supabase_checks(component: str) -> tuple[Check, ...]:
    """Return the checks of the project of a component."""
    project = f"/v1/projects/{{id:footing-supabase.Project {component}-project}}"
    return tuple(
        Check(
            id=f"supabase-{id_}",
            group=group,
            title=title,
            question=VendorQuestion(vendor=Vendor.SUPABASE, url=project + url, path=path, wanted=wanted),
            fix=fix,
        )
        for id_, group, title, url, path, wanted, fix in ASKED
    )
