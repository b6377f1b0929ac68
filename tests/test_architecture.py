"""The arrows between the rooms, for a reader; lint-imports holds the rest."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "socialapp"
MAY_IMPORT = {
    "domain": {"domain"},
    "store": {"store", "domain", "clock"},
    "providers": {"providers", "domain", "clock"},
    "imaging": {"imaging", "domain", "clock"},
    "live": {"domain", "clock"},
    "access": {"store", "providers", "domain", "clock"},
    "services": {"services", "access", "store", "providers", "imaging", "live", "domain", "clock"},
    "publishing": {"publishing", "access", "store", "providers", "live", "domain", "clock"},
}
ONLY_IN = {"aiohttp": {"providers"}, "PIL": {"imaging"}, "redis": {"live", "worker", "launch"}}


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
