"""How Neon shows what it has: the bodies of its answers."""

from collections.abc import Mapping
from typing import Any

_CREATED = "2026-01-01T00:00:00Z"
_TIMES = {"created_at": _CREATED, "updated_at": _CREATED}
_USED = (
    "active_time_seconds",
    "compute_time_seconds",
    "written_data_bytes",
    "data_transfer_bytes",
    "cpu_used_sec",
)
_Thing = Mapping[str, Any]


def _domain(project: _Thing) -> str:
    cloud, _, region = project["region_id"].partition("-")
    return f"{region}.{cloud}.neon.tech"


def project_shape(project: _Thing) -> dict[str, Any]:
    """Return a project."""
    told = ("id", "name", "region_id", "pg_version", "org_id", "history_retention_seconds", "settings")
    return {
        **{name: project[name] for name in (*told, "default_endpoint_settings")},
        **dict.fromkeys(_USED, 0),
        "active_time": 0,
        "data_storage_bytes_hour": 0,
        "branch_logical_size_limit": 0,
        "branch_logical_size_limit_bytes": 0,
        "platform_id": "aws",
        "proxy_host": _domain(project),
        "provisioner": "k8s-neonvm",
        "store_passwords": True,
        "creation_source": "console",
        "owner_id": project["org_id"],
        "consumption_period_start": _CREATED,
        "consumption_period_end": _CREATED,
        **_TIMES,
    }


def branch_shape(project: _Thing, branch: _Thing) -> dict[str, Any]:
    """Return a branch."""
    told = ("id", "name", "parent_id", "protected", "default", "expires_at", "init_source")
    return {
        **{name: branch[name] for name in told if branch[name] is not None},
        **dict.fromkeys(_USED, 0),
        "project_id": project["id"],
        "current_state": branch["state"],
        "state_changed_at": _CREATED,
        "creation_source": "console",
        **_TIMES,
    }


def endpoint_shape(project: _Thing, endpoint: _Thing) -> dict[str, Any]:
    """Return a compute."""
    return {
        **{name: value for name, value in endpoint.items() if name not in ("state", "ready")},
        "project_id": project["id"],
        "region_id": project["region_id"],
        "host": f"{endpoint['id']}.{_domain(project)}",
        "proxy_host": _domain(project),
        "current_state": endpoint["state"],
        "pooler_enabled": False,
        "pooler_mode": "transaction",
        "disabled": False,
        "passwordless_access": True,
        "creation_source": "console",
        "provisioner": "k8s-neonvm",
        **_TIMES,
    }


def operation_shape(operation: _Thing) -> dict[str, Any]:
    """Return an operation."""
    shown = {name: operation[name] for name in ("id", "project_id", "action", "status")}
    return {**shown, "failures_count": 0, "total_duration_ms": 0, **_TIMES}


def role_shape(branch: _Thing, name: str, *, told: bool = False) -> dict[str, Any]:
    """Return a role; `told` is whether with its password."""
    shown = {"branch_id": branch["id"], "name": name, "protected": False, **_TIMES}
    return {**shown, "password": branch["roles"][name]} if told else shown


def database_shape(branch: _Thing, database: _Thing) -> dict[str, Any]:
    """Return a database."""
    return {**database, "branch_id": branch["id"], **_TIMES}
