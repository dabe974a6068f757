"""What Supabase answers about a project and its pool."""

from typing import Any

from providers.supabase.plans import COMPUTE, POOLER_PORT

CREATED = "2026-01-01T00:00:00Z"
"""When everything was made."""


def project_shape(project: dict[str, Any]) -> dict[str, Any]:
    """Return a project as Supabase shows it."""
    return {
        "id": project["ref"],
        "ref": project["ref"],
        "organization_id": project["organization_slug"],
        "organization_slug": project["organization_slug"],
        "name": project["name"],
        "region": project["region"],
        "created_at": CREATED,
        "status": "COMING_UP" if project["polls"] else "ACTIVE_HEALTHY",
        "database": {
            "host": f"db.{project['ref']}.supabase.co",
            "version": f"{project['engine']}.6.1",
            "postgres_engine": project["engine"],
            "release_channel": "ga",
        },
    }


def door_shape(project: dict[str, Any], identifier: str, kind: str, region: str) -> dict[str, Any]:
    """Return one door of a project's pool: the primary's, or a replica's."""
    host, user = f"aws-0-{region}.pooler.supabase.com", f"postgres.{identifier}"
    size = project["addons"].get("compute_instance", "ci_nano").removeprefix("ci_")
    text = f"postgresql://{user}:[YOUR-PASSWORD]@{host}:{POOLER_PORT}/postgres"
    return {
        "identifier": identifier,
        "database_type": kind,
        "is_using_scram_auth": True,
        "db_user": user,
        "db_host": host,
        "db_port": POOLER_PORT,
        "db_name": "postgres",
        "connection_string": text,
        "connectionString": text,
        "max_client_conn": COMPUTE[size].client_connections,
        **project["pooler"],
    }
