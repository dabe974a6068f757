"""PgBouncer of compose.yaml starts with the file and the script that are in it."""

from pathlib import Path

import psycopg
import pytest
import yaml

from lab import process, programs
from lab.production import FIRST_WITH_PREPARED_STATEMENTS
from lab.stage import Stage

ROOT = Path(__file__).parents[2]
PASSWORD = "local"


@pytest.mark.lab
def test_pgbouncer_of_the_committed_file_starts(stage: Stage):
    service = yaml.safe_load((ROOT / "systems/fairtradeworker/compose.yaml").read_text())["services"]["pgbouncer"]
    directory, port = stage.room("compose"), process.free_port()
    given = {key: PASSWORD if it.startswith("${") else it for key, it in service["environment"].items()}
    place = given.pop("RUN_DIRECTORY")
    given["PGBOUNCER_INI"] = given["PGBOUNCER_INI"].replace(
        "listen_addr = 0.0.0.0", f"listen_addr = {process.LOOPBACK}"
    )
    ini = given["PGBOUNCER_INI"].replace(place, str(directory)).replace("= 6432", f"= {port}")
    if programs.version("pgbouncer") < FIRST_WITH_PREPARED_STATEMENTS:
        ini = ini.replace("max_prepared_statements = 200\n", "")
    # Compose reads $$ as a dollar.
    [script] = [it.replace("$$", "$") for it in service["command"]]
    variables = {
        **given,
        "RUN_DIRECTORY": str(directory),
        "PGBOUNCER_INI": ini,
    }
    with process.running("pgbouncer", [*service["entrypoint"], script], directory, port, variables=variables):
        url = f"postgresql://stats:{PASSWORD}@{process.LOOPBACK}:{port}/pgbouncer"
        with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as console:
            shown = {row[0]: row[1] for row in console.execute("SHOW CONFIG").fetchall()}
    assert (shown["pool_mode"], shown["default_pool_size"], shown["max_client_conn"]) == (
        "transaction",
        "25",
        "12000",
    )
