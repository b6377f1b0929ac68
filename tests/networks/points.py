"""Crash points: each step of the protocol, found by reading the code as it is imported.

Every `await`, `async with` and `async for` of the engine, of the store functions that it calls and
of the outbound client is wrapped, and so is every commit. A process can then write down the steps
that it takes, or kill itself just before or just after one of them. A step of the store is told
apart by who takes it: a commit of the claim is another than a commit of the outcome.
"""

import ast
import importlib.abc
import importlib.machinery
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[2] / "socialapp"
WATCHED = (
    "socialapp.publishing.",
    "socialapp.access",
    "socialapp.store.",
    "socialapp.providers.http",
)
UNWATCHED = ("socialapp.store.sqlite", "socialapp.publishing.heartbeat")
"""The driver, whose steps are those of its callers; and a thread that may die at any time."""
COMMITS = ROOT / "store" / "session.py"
_ENGINE = str(ROOT / "publishing")
_HEARTBEAT = str(ROOT / "publishing" / "heartbeat.py")


class _Plan:
    """What this process does at its points; nothing unless it is told."""

    record: int | None = None
    crash_at: str = ""
    crash_step: str = ""
    times: int = 0
    how: int = signal.SIGKILL


def record_into(file: str) -> None:
    """Write down every step from now on, a line each."""
    _Plan.record = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)


def crash_at(point: str, times: int) -> None:
    """End this process without a word when it comes to `point` for the `times`-th time."""
    _Plan.crash_at, _Plan.crash_step, _Plan.times = point, point.partition(" < ")[0], times


def freeze_at(point: str, times: int) -> None:
    """Make this process stand still when it comes to `point` for the `times`-th time."""
    crash_at(point, times)
    _Plan.how = signal.SIGSTOP


def reached(step: str) -> None:
    """Note that the process is at a step."""
    if _Plan.record is None and step != _Plan.crash_step:
        return
    point = _way_to(step)
    if point is None:
        return
    if _Plan.record is not None:
        os.write(_Plan.record, f"{point}\n".encode())
    if point == _Plan.crash_at:
        _Plan.times -= 1
        if _Plan.times == 0:
            os.kill(os.getpid(), _Plan.how)


def _way_to(step: str) -> str | None:
    """Name a step, and who of the engine takes it; None when it is not the engine's business."""
    frame = sys._getframe(2).f_back  # past the wrapper
    inside = bool(frame) and frame.f_code.co_filename.startswith(_ENGINE)
    while frame:
        code = frame.f_code
        if code.co_filename.startswith(_ENGINE):
            if code.co_filename == _HEARTBEAT:
                return None
            by = f"{Path(code.co_filename).name}:{frame.f_lineno} {code.co_name}"
            return step if inside else f"{step} < {by}"
        frame = frame.f_back
    return None


def _before(step: str, awaited: Any) -> Any:
    reached(f"{step} before")
    return awaited


def _after(step: str, value: Any) -> Any:
    reached(f"{step} after")
    return value


class _Within:
    """An `async with` with a point on each side of each of its ends."""

    def __init__(self, step: str, manager: AbstractAsyncContextManager[Any]) -> None:
        self._step, self._manager = step, manager

    async def __aenter__(self) -> Any:
        reached(f"{self._step} before entering")
        found = await self._manager.__aenter__()
        reached(f"{self._step} after entering")
        return found

    async def __aexit__(self, *failure: Any) -> Any:
        reached(f"{self._step} before leaving")
        kept = await self._manager.__aexit__(*failure)
        reached(f"{self._step} after leaving")
        return kept


class _Each:
    """An `async for` with a point on each side of each of its steps."""

    def __init__(self, step: str, items: Any) -> None:
        self._step, self._items = step, aiter(items)

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        reached(f"{self._step} before the next")
        item = await anext(self._items)
        reached(f"{self._step} after the next")
        return item


class _Wraps(ast.NodeTransformer):
    """Puts the points into a module."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._only_commits = path == COMMITS

    def _call(self, wrapper: str, at: ast.expr, inner: ast.expr) -> ast.Call:
        step = ast.Constant(f"{self._name}:{at.lineno}:{at.col_offset}")
        return ast.Call(ast.Name(wrapper, ast.Load()), [step, inner], [])

    def visit_Await(self, node: ast.Await) -> ast.expr:
        self.generic_visit(node)
        if self._only_commits:
            return node
        return self._call(
            "_point_after", node, ast.Await(self._call("_point_before", node, node.value))
        )

    def visit_AsyncWith(self, node: ast.AsyncWith) -> ast.AST:
        self.generic_visit(node)
        for item in node.items:
            if self._only_commits and ast.unparse(item.context_expr) != "db.begin()":
                continue
            item.context_expr = self._call("_PointWithin", item.context_expr, item.context_expr)
        return node

    def visit_AsyncFor(self, node: ast.AsyncFor) -> ast.AST:
        self.generic_visit(node)
        node.iter = self._call("_PointEach", node.iter, node.iter)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        self.generic_visit(node)
        if node.is_async:
            node.iter = self._call("_PointEach", node.iter, node.iter)
        return node


class _Loader(importlib.machinery.SourceFileLoader):
    def source_to_code(self, data: Any, path: Any, *, _optimize: int = -1) -> CodeType:  # type: ignore[override]
        tree = _Wraps(Path(path)).visit(ast.parse(data, path))
        return compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)  # never from the cache: that has no points in it
        return self.source_to_code(self.get_data(path), path)

    def exec_module(self, module: ModuleType) -> None:
        vars(module).update(
            _point_before=_before, _point_after=_after, _PointWithin=_Within, _PointEach=_Each
        )
        super().exec_module(module)


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name: str, path: Sequence[str] | None, target: Any = None) -> Any:
        if not name.startswith(WATCHED) or name in UNWATCHED:
            return None
        found = importlib.machinery.PathFinder.find_spec(name, path, target)
        if found and isinstance(found.loader, importlib.machinery.SourceFileLoader):
            found.loader = _Loader(name, found.loader.path)
        return found


def install() -> None:
    """Put points into every watched module that is imported from now on."""
    assert not [name for name in sys.modules if name.startswith(WATCHED)], "imported too early"
    sys.meta_path.insert(0, _Finder())
