"""Pages of docs/ that are made from the code; a test fails where a page is stale."""

from collections.abc import Callable, Mapping
from pathlib import Path

from footing.documents.alerts import alerts_page
from footing.documents.capacity import capacity_page, capacity_plots
from footing.documents.configuration import configuration_page
from footing.documents.coverage import coverage_page
from footing.documents.dashboards import dashboards_page
from footing.documents.edge import edge_plans_page
from footing.documents.limits import limits_page
from footing.documents.objectives import objectives_page
from footing.documents.operations import operations_page
from footing.documents.providers import providers_page
from footing.documents.readiness import readiness_page
from footing.documents.report import report_page
from footing.documents.rules import rules_page
from stacks.config.schema import schema_text
from stacks.contract import contract_schema

PAGES: Mapping[str, Callable[[], str]] = {
    "alerts.md": alerts_page,
    "app-contract.schema.json": contract_schema,
    "capacity.md": capacity_page,
    **capacity_plots(),
    "configuration.md": configuration_page,
    "coverage.md": coverage_page,
    "dashboards.md": dashboards_page,
    "edge-plans.md": edge_plans_page,
    "limits.md": limits_page,
    "objectives.md": objectives_page,
    "operations.md": operations_page,
    "providers.md": providers_page,
    "readiness.md": readiness_page,
    "report-format.md": report_page,
    "rules.md": rules_page,
    "stack.schema.json": schema_text,
}
"""What makes each page, by its name in docs/."""


def write_pages(directory: Path) -> list[Path]:
    """Write every page into `directory` and return those that changed."""
    changed = []
    for name, make in PAGES.items():
        path, text = directory / name, make()
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed
