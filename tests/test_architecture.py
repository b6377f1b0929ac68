"""The arrows between the rooms, for a reader; lint-imports holds the rest."""

import ast
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "socialapp"
_BELOW_SERVICES = {"access", "store", "providers", "imaging", "live", "outward", "domain", "clock"}
MAY_IMPORT = {
    "domain": {"domain"},
    "store": {"store", "domain", "clock"},
    "providers": {"providers", "domain", "clock"},
    "imaging": {"imaging", "domain", "clock"},
    "live": {"domain", "clock"},
    "outward": {"domain"},
    "access": {"access", "store", "providers", "domain", "clock"},
    "services": {"services", *_BELOW_SERVICES},
    "publishing": {"publishing", *_BELOW_SERVICES},
}
ONLY_IN = {
    "aiohttp": {"providers"},
    "apprise": {"outward"},
    "PIL": {"imaging"},
    "redis": {"live", "worker", "launch"},
}


def _imports(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _files(room: str) -> list[Path]:
    folder = ROOT / room
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [ROOT / f"{room}.py"]


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_arrows_point_down(room: str) -> None:
    for file in _files(room):
        rooms = {n.split(".")[1] for n in _imports(file) if n.startswith("socialapp.")}

        assert rooms <= MAY_IMPORT[room], f"{file.name} reaches up or across"


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_stays_in_its_room(library: str) -> None:
    for file in ROOT.rglob("*.py"):
        room = file.relative_to(ROOT).parts[0].removesuffix(".py")
        if library in {name.split(".")[0] for name in _imports(file)}:
            assert room in ONLY_IN[library], f"{file} imports {library}"


def test_the_safeguards_that_are_taken_out_on_trial_stand_where_they_are_looked_for() -> None:
    tool = ROOT.parent / "tools" / "mutations"
    spec = spec_from_loader("mutations", SourceFileLoader("mutations", str(tool)))
    assert spec
    assert spec.loader
    mutations = module_from_spec(spec)
    sys.modules["mutations"] = mutations  # its dataclasses look themselves up there
    spec.loader.exec_module(mutations)

    for mutation in mutations.MUTATIONS:
        for change in mutation.changes:
            source = (ROOT.parent / change.file).read_text()
            assert source.count(change.old) == 1, f"{mutation.name}: {change.old}"
