"""Files for people and their tools name only what is there: hooks, owners, updates, templates, the version."""

import importlib.metadata
import re
import subprocess
import tomllib
from datetime import date
from pathlib import Path

import pytest
import yaml

from policies.version import VERSION

ROOT = Path(__file__).parents[1]
GITHUB = ROOT / ".github"
CHANGELOG = (ROOT / "CHANGELOG.md").read_text()
HEADINGS = re.findall(r"^## \[(.+?)\](?: - (.+))?$", CHANGELOG, re.MULTILINE)
SECTIONS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
MANIFESTS = {"uv": ("uv.lock",), "gomod": ("go.mod",), "cargo": ("Cargo.toml",), "github-actions": ("*.yml",)}
"""File that each ecosystem of Dependabot updates, in its directory."""


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.splitlines()


def test_newest_version_of_the_changelog_is_the_version():
    (first, undated), (newest, day), *older = HEADINGS
    assert (first, undated) == ("Unreleased", "")
    assert newest == VERSION
    days = [date.fromisoformat(it) for it in (day, *(released for _, released in older))]
    assert days == sorted(days, reverse=True)
    assert set(re.findall(r"^### (.+)$", CHANGELOG, re.MULTILINE)) <= SECTIONS
    for name, _ in HEADINGS:
        assert f"\n[{name}]: https://" in CHANGELOG


def test_version_is_written_once_and_read_by_the_distribution():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "version" not in project["project"]
    assert project["project"]["dynamic"] == ["version"]
    source = project["tool"]["hatch"]["version"]["path"]
    written = [
        name
        for name in tracked()
        if name.endswith((".py", ".toml", ".yaml")) and re.search(rf"[\"']{re.escape(VERSION)}[\"']", _text(name))
    ]
    assert written == [source]
    assert importlib.metadata.version("footing") == VERSION


def _text(name: str) -> str:
    return (ROOT / name).read_text() if (ROOT / name).is_file() else ""


def test_owners_are_named_for_files_that_exist():
    lines = [line.split() for line in (GITHUB / "CODEOWNERS").read_text().splitlines()]
    rows = {words[0]: words[1:] for words in lines if words and not words[0].startswith("#")}
    law = {f"/policies/{name}" for name in ("limits.py", "exceptions.yaml", "undecided.yaml")}
    assert law <= rows.keys()
    assert [path for path in rows if path != "*" and not (ROOT / path.lstrip("/")).exists()] == []
    assert all(owners and all(owner.startswith("@") for owner in owners) for owners in rows.values())


def test_every_manifest_of_dependencies_is_kept_up_to_date():
    updates = yaml.safe_load((GITHUB / "dependabot.yml").read_text())["updates"]
    kept = {
        (update["package-ecosystem"], directory.strip("/"))
        for update in updates
        for directory in update.get("directories", [update.get("directory")])
    }
    there = {
        *(("github-actions", it) for it in ("", "docs/examples/application/.github/workflows")),
        *(("docker", str(Path(name).parent)) for name in tracked() if name.endswith(".Dockerfile")),
    } | {
        (ecosystem, str(Path(name).parent).removeprefix("."))
        for name in tracked()
        for ecosystem in ("uv", "gomod", "cargo")
        if Path(name).name in MANIFESTS[ecosystem]
    }
    assert kept == there
    ours = (ROOT / "pyproject.toml").read_text()
    named = [it["dependency-name"] for update in updates for it in update.get("ignore", [])]
    assert [name for name in named if f'"{name}==' not in ours] == []


def test_hooks_download_nothing_and_run_what_is_here():
    repositories = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert {repository["repo"] for repository in repositories} == {"local"}
    hooks = [hook for repository in repositories for hook in repository["hooks"]]
    assert {hook["language"] for hook in hooks} == {"system"}
    for program, *arguments in (hook["entry"].split() for hook in hooks):
        if program == "make":
            assert set(arguments) <= _targets()
        else:
            done = subprocess.run([program, *arguments, "--help"], cwd=ROOT, capture_output=True, check=False)
            assert done.returncode == 0, (program, arguments)


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_commands_for_contributors_are_targets():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    named = set(re.findall(r"^make ([a-z]+)", text, re.MULTILINE))
    assert named == {"lint", "quick", "test", "help"}
    assert named | set(re.findall(r"`make ([a-z]+)", text)) <= _targets()


FORMS = [path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml"]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_issue_form_is_one_that_github_takes(path: Path):
    """https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-issue-forms"""
    form = yaml.safe_load(path.read_text())
    assert {"name", "description", "body"} <= form.keys() <= {"name", "description", "body", "labels", "title"}
    kinds = {"textarea", "input", "dropdown", "checkboxes", "markdown"}
    assert {field["type"] for field in form["body"]} <= kinds
    ids = [field["id"] for field in form["body"]]
    assert len(ids) == len(set(ids))
    assert all(field["attributes"]["label"] for field in form["body"])
    assert all(field["attributes"]["options"] for field in form["body"] if field["type"] == "dropdown")
