"""The lab's page: what it says, and that the one in the docs is of the current stack."""

import datetime as dt
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from lab import plot, production, programs, report
from lab.__main__ import EXPERIMENTS
from lab.programs import MissingProgramError
from lab.result import Curve, Finding, Result, above, at_most, exactly

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


@pytest.mark.parametrize(
    ("finding", "holds"),
    [
        (at_most("it", 80, 80, "connections"), True),
        (at_most("it", 81, 80, "connections"), False),
        (exactly("it", 1, 0, "errors"), False),
        (above("it", 80, 80, "connections"), False),
        (above("it", 81, 80, "connections"), True),
    ],
)
def test_findings_hold_or_fail_at_their_bound(finding: Finding, holds: bool):
    assert finding.holds is holds


@pytest.mark.lab
def test_a_failed_finding_shows_on_the_page_and_fails_the_result():
    result = Result(title="Trial", explanation="Tried.", findings=[at_most("most", 81, 80, "connections")])
    page = report.page([result], production.read(), dt.date(2030, 1, 2))
    assert "| most | at most 80 connections | 81 | FAILS |" in page
    assert "2030-01-02" in page
    assert not result.holds


def test_the_committed_page_shows_every_experiment_and_no_failure():
    page, numbers = (DOCS / report.PAGE).read_text(), production.read()
    assert page.count("\n## ") == len(EXPERIMENTS)
    assert "| FAILS |" not in page
    assert f"{numbers.server_connections} connections shared by {numbers.poolers.tasks} poolers" in page
    assert f"`max_connections` {numbers.max_connections}" in page.replace("\n", " ")
    assert f"]({report.PLOT})" in page


def test_every_section_of_the_committed_page_is_as_the_lab_writes_it():
    _, *sections = (DOCS / report.PAGE).read_text().split("\n## ")
    assert sections
    for text in sections:
        title, explanation, table = text.split("\n\n")
        cells = [line.strip("| ").split(" | ") for line in table.strip().splitlines()[2:]]
        findings = [
            Finding(what=what, expected=expected, observed=observed, holds=verdict == "holds")
            for what, expected, observed, verdict in cells
        ]
        result = Result(title=title, explanation=explanation.replace("\n", " "), findings=findings)
        assert f"## {text.rstrip()}\n" == report.section(result)


def test_the_committed_plot_has_both_curves_and_both_limits():
    picture = ET.fromstring((DOCS / report.PLOT).read_text())
    words = {text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")}
    numbers = production.read()
    assert {f"pool {numbers.server_connections}", f"max_connections {numbers.max_connections}"} <= words
    assert {"through the poolers", "without the poolers"} <= words
    assert len(list(picture.iter("{http://www.w3.org/2000/svg}path"))) == 2


def test_a_curve_goes_up_where_connections_do():
    curve = Curve(name="a < b", points=[(0.0, 0), (5.0, 10), (10.0, 5)])
    drawn = plot.render([curve], {"limit": 20})
    picture = ET.fromstring(drawn)
    [path] = picture.iter("{http://www.w3.org/2000/svg}path")
    zero, ten, five = (float(y) for y in re.findall(r"[ V]([\d.]+)", path.attrib["d"]))
    assert ten < five < zero
    assert "a &lt; b" in drawn


def test_a_missing_program_is_named_with_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    packages = tmp_path / "packages.txt"
    packages.write_text("# comment\nno-such-server some-package\n")
    monkeypatch.setattr(programs, "PACKAGES", packages)
    with pytest.raises(MissingProgramError, match=r"no-such-server is not installed: .* package some-package"):
        programs.find("no-such-server")
    assert len(programs.missing()) == 1


def test_install_script_names_the_packages_where_it_cannot_install_them(tmp_path: Path):
    (tmp_path / "id").symlink_to(str(shutil.which("id")))
    done = subprocess.run(
        ["/bin/sh", str(ROOT / "lab" / "install.sh")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("lab: install these packages first: ")
    assert "redis-server" in done.stderr


def programs_in(directory: Path, **texts: str) -> Path:
    """A directory of shell scripts, each by its name and what it does."""
    directory.mkdir()
    for name, text in texts.items():
        (directory / name.replace("_", "-")).write_text(f"#!/bin/sh\n{text}\n")
        (directory / name.replace("_", "-")).chmod(0o755)
    return directory


@pytest.mark.parametrize(("own", "asks"), [("1.18.0", True), ("1.26.1", False), ("1.27.0", False)])
def test_install_script_takes_the_machines_own_where_nothing_later_is_served_and_says_so(
    tmp_path: Path, own: str, asks: bool
):
    lab = tmp_path / "lab"
    lab.mkdir()
    shutil.copy(ROOT / "lab" / "install.sh", lab)
    (lab / "packages.txt").write_text("pgbouncer pgbouncer 1.26.1\n")
    asked = tmp_path / "asked"
    programs = programs_in(
        tmp_path / "programs",
        pgbouncer=f"echo PgBouncer {own}",
        apt_get=f"echo $@ >>{asked}; exit 100",
        sudo="shift; exec $@",
    )
    done = subprocess.run(
        ["/bin/sh", str(lab / "install.sh")],
        env={"PATH": f"{programs}:/usr/bin:/bin", "FOOTING_LAB_PROGRAMS": str(tmp_path / "later")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    chosen = tmp_path / "later" / "bin" / "pgbouncer"
    assert chosen.resolve() == programs / "pgbouncer"
    assert f"lab: pgbouncer is {own}, wanted 1.26.1" in done.stderr
    assert [suite in done.stderr for suite in ("Debian's sid", "Debian's trixie")] == [asks, asks]
    assert asked.exists() is asks


@pytest.mark.parametrize("words", [["no-such-experiment"], ["--write-docs", "held-lock"]])
def test_wrong_words_are_refused_in_a_sentence(words: list[str]):
    done = subprocess.run(
        [sys.executable, "-m", "lab", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert words[-1] in done.stderr or "--write-docs needs every experiment" in done.stderr
