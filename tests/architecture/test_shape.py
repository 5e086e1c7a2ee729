"""The shape of the code: sizes, names, direction of imports, and no float near money."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGE = CHECKOUT / "entraide"
MODULE_LINES = 400
FUNCTION_LINES = 70
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "common", "misc", "manager", "data", "info"}


def modules() -> Iterator[Path]:
    return (path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts)


def test_modules_are_short() -> None:
    long = {
        str(path.relative_to(CHECKOUT)): lines
        for path in modules()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MODULE_LINES
    }
    assert long == {}


def test_functions_are_short() -> None:
    long = {}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    long[f"{path.relative_to(CHECKOUT)}:{node.name}"] = lines
    assert long == {}


def test_names_say_something() -> None:
    assert [
        str(path.relative_to(CHECKOUT)) for path in modules() if path.stem in NAMES_THAT_SAY_NOTHING
    ] == []


def test_nothing_is_left_unfinished() -> None:
    unfinished = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
    found = [
        f"{path.relative_to(CHECKOUT)}:{number}"
        for path in modules()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if unfinished.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("folder", ["core", "apps", "rulebook", "files"])
def test_no_float_near_money(folder: str) -> None:
    near = re.compile(r"\bfloat\(|FloatField")
    found = [
        f"{path.relative_to(CHECKOUT)}:{number}"
        for path in modules()
        if path.is_relative_to(PACKAGE / folder)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if near.search(line) and "# not money" not in line
    ]
    assert found == []


def test_public_functions_have_a_docstring() -> None:
    bare = []
    for path in modules():
        if path.is_relative_to(PACKAGE / "web") or path.is_relative_to(PACKAGE / "cli"):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if (
                isinstance(node, ast.FunctionDef | ast.ClassDef)
                and not node.name.startswith("_")
                and ast.get_docstring(node) is None
            ):
                bare.append(f"{path.relative_to(CHECKOUT)}:{node.name}")
    assert bare == []


def test_imports_point_down() -> None:
    lint_imports = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [str(lint_imports), "--no-cache"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_each_app_has_one_migration_head() -> None:
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None, ignore_no_migrations=True)
    assert loader.detect_conflicts() == {}


def test_the_tree_of_architecture_is_the_tree() -> None:
    """Each package of ``entraide/`` and of ``entraide/apps/`` stands in ARCHITECTURE.md's tree,
    and each one that stands there exists."""
    text = (CHECKOUT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    tree = text.split("<!-- tree -->")[1].split("<!-- /tree -->")[0]
    drawn = set(re.findall(r"^[│├└─ ]+(\w+)/", tree, flags=re.MULTILINE))
    there = {
        path.name
        for root in (PACKAGE, PACKAGE / "apps", PACKAGE / "core")
        for path in root.iterdir()
        if path.is_dir() and path.name != "__pycache__" and any(path.glob("*.py"))
    }
    assert there - drawn == set(), "packages that ARCHITECTURE.md does not draw"
    assert {name for name in drawn if not list(CHECKOUT.rglob(f"{name}/"))} == set()


def test_no_registry_host_and_no_machine_path() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    ).stdout.split()
    forbidden = re.compile(r"--(extra-)?index-url|pypi\.org|registry\.npmjs|pythonhosted")
    found = [
        name
        for name in tracked
        if (path := CHECKOUT / name).is_file()
        and path.suffix in {".py", ".txt", ".in", ".toml", ".md", ".yaml", ".json", ""}
        and name != "tests/architecture/test_shape.py"
        and forbidden.search(path.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert found == []
