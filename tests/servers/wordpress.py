"""A real WordPress of the tests' own: Debian's package, on loopback, with a database beside it."""

import atexit
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from secrets import token_hex

from tests.servers.clock import TurnedClock
from tests.servers.given import given_login
from tests.servers.postgresql import free_port
from tests.servers.program import Program

PHP = Path(__file__).parent / "php"
UNPACKED = PHP.parents[2] / ".bundle/test-servers/wordpress"
MEMBERS = ("admin", "editor", "author", "subscriber")
"""Their logins; each but the first is named for its role."""


class WordPress:
    """A running site; what it holds outlives its end, until it is stopped for good."""

    def __init__(self) -> None:
        if not UNPACKED.exists():
            raise RuntimeError("WordPress is missing: `tools/test-machine`, or `make test`.")
        self.folder = Path(tempfile.mkdtemp(prefix="socialapp-wp-", dir="/tmp"))
        self.base_url = f"http://127.0.0.1:{free_port()}"
        self._site = self.folder / "site"
        self._env = {
            **os.environ,
            "SITE_URL": self.base_url,
            "DB_SOCKET": str(self.folder / "db.sock"),
            "PHP_CLI_SERVER_WORKERS": "4",
        }
        self._unpack()
        self._start_database()
        self.application_passwords = self._install()
        self._start_site()

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._start_database()
        self._start_site()

    def kill(self) -> None:
        """End it without a goodbye."""
        self._php.kill()
        self._watch.communicate()
        self._database.kill()

    def stop(self) -> None:
        """End it and remove its folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run_cron(self, *, ahead: timedelta = timedelta()) -> None:
        """Do what is due by a clock that is `ahead` of ours: it never happens by itself here."""
        clock = TurnedClock(self.folder, by_s=ahead.total_seconds())
        subprocess.run(
            ["php", self._site / "wp-cron.php"],
            env=self._env | clock.env,
            check=True,
            capture_output=True,
            timeout=60,
        )

    def run_php(self, code: str) -> str:
        """Do something inside it that its API does not let anybody do; returns what it prints."""
        done = subprocess.run(
            ["php", "-d", "display_errors=stderr", "-r", f"require 'wp-load.php'; {code}"],
            cwd=self._site,
            env=self._env,
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.stdout

    @contextmanager
    def plugin(self, code: str) -> Iterator[None]:
        """Run a piece of PHP with each request, as a plugin would."""
        folder = self._site / "wp-content/mu-plugins"
        folder.mkdir(exist_ok=True)
        # Under a name of its own: PHP remembers what it has read for seconds.
        file = folder / f"{token_hex(8)}.php"
        file.write_text(f"<?php\n{code}\n")
        try:
            yield
        finally:
            file.unlink()

    def _unpack(self) -> None:
        # Copied, as WordPress looks for its settings and its uploads where its files really lie.
        shutil.copytree(UNPACKED, self._site)
        shutil.copy(PHP / "wp-config.php", self._site)
        (self._site / "wp-content/uploads").mkdir(exist_ok=True)
        subprocess.run(
            [
                *("mariadb-install-db", "--no-defaults", f"--datadir={self.folder / 'db'}"),
                *("--auth-root-authentication-method=normal", "--skip-test-db", *_as_root()),
            ],
            check=True,
            capture_output=True,
        )

    def _start_database(self) -> None:
        self._database = Program(
            [
                *("mariadbd", "--no-defaults", f"--datadir={self.folder / 'db'}", *_as_root()),
                *(f"--socket={self._env['DB_SOCKET']}", "--skip-networking", "--skip-log-bin"),
                *("--innodb-buffer-pool-size=64M", "--performance-schema=OFF"),
                # Handed to the system, not to the disk: it survives a kill, and is fast.
                "--innodb-flush-log-at-trx-commit=2",
            ]
        )
        self._database.hear("ready for connections")

    def _install(self) -> dict[str, str]:
        """Make the site, and return the application password of each member."""
        made = subprocess.run(
            ["php", "-d", "display_errors=stderr", PHP / "install.php", self._site],
            env=self._env,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert made.returncode == 0, made.stdout + made.stderr
        passwords: dict[str, str] = json.loads(made.stdout)
        for login, password in passwords.items():
            given_login(login, password, f"{login}'s application password at WordPress")
        return passwords

    def _start_site(self) -> None:
        self._php = Program(
            [
                *("php", "-d", "upload_max_filesize=64M", "-d", "post_max_size=64M"),
                *("-d", "opcache.enable_cli=1", "-S", self.base_url.removeprefix("http://")),
                *("-t", self._site, PHP / "router.php"),
            ],
            env=self._env,
            group=0,  # its workers go on answering when only the first of them is ended
        )
        # When the tests are killed its input ends, and it ends the group.
        self._watch = subprocess.Popen(
            ["sh", "-c", "cat; kill -KILL 0"],
            stdin=subprocess.PIPE,
            process_group=self._php.process.pid,
        )
        self._php.hear("started")


@cache
def of_the_run() -> WordPress:
    """Return the one site of the whole run: each test writes posts of its own."""
    site = WordPress()
    atexit.register(site.stop)
    return site


def _as_root() -> tuple[str, ...]:
    """Return what MariaDB wants to hear before it runs as root."""
    return ("--user=root",) if os.getuid() == 0 else ()
