"""Seals and opens secrets, with keys that can be changed.

The keys are a setting, or lines of a file that only its user can read; the first seals, all open.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

FILE = "secret.key"


class VaultClosed(Exception):
    """What is sealed cannot be opened here; the text says what to do."""


class Vault:
    """Seals JSON. What was sealed for one purpose does not open for another."""

    def __init__(self, *, keys: str = "", file: Path | None = None) -> None:
        self._file = None if keys else file
        self._read_at = 0
        self._ring = _ring(keys.split(",")) if keys else None

    def seal(self, value: Mapping[str, Any], purpose: str) -> str:
        """Return the value sealed, for a column of text."""
        plain = json.dumps({"for": purpose, "value": dict(value)}, separators=(",", ":"))
        return self._keys().encrypt(plain.encode()).decode()

    def open(self, sealed: str, purpose: str) -> dict[str, Any]:
        """Return what was sealed for this purpose. Raises VaultClosed."""
        try:
            found = json.loads(self._keys().decrypt(sealed.encode()))
        except InvalidToken as error:
            raise VaultClosed(
                "A channel's access was sealed with another key. Put the key back"
                f" ({FILE} in the data folder, or SOCIALAPP_SECRET_KEY), or connect it again."
            ) from error
        if found["for"] != purpose:
            raise VaultClosed(f"What is sealed for {found['for']} was offered for {purpose}.")
        value: dict[str, Any] = found["value"]
        return value

    def _keys(self) -> MultiFernet:
        """Return the keys; a file is read again when it has changed: they were rotated."""
        if self._file is None:
            if self._ring is None:
                raise VaultClosed("There is no key to seal with. Set SOCIALAPP_SECRET_KEY.")
            return self._ring
        try:
            changed = self._file.stat().st_mtime_ns
        except FileNotFoundError:
            _make(self._file, new_key())
            changed = self._file.stat().st_mtime_ns
        if self._ring is None or changed != self._read_at:
            self._ring, self._read_at = _ring(self._file.read_text().split()), changed
        return self._ring

    def add_key(self) -> None:
        """Seal with a new key from now on; the old ones still open. Raises VaultClosed."""
        if self._file is None:
            raise VaultClosed(
                "The keys are in SOCIALAPP_SECRET_KEY: put a new one in front, separated by a"
                " comma, restart, and seal everything anew with `socialapp secrets rotate`."
            )
        self._keys()
        _write(self._file, [new_key(), *self._file.read_text().split()])

    def drop_old_keys(self) -> None:
        """Forget all keys but the one that seals; only when nothing is sealed with them."""
        if self._file is not None:
            _write(self._file, self._file.read_text().split()[:1])


def new_key() -> str:
    """Return a key that nobody has."""
    return Fernet.generate_key().decode()


def without_making(*, keys: str, folder: Path) -> Vault:
    """Return a vault with the keys that there are; to look, where nothing may be changed."""
    file = folder / FILE
    found = keys or (",".join(file.read_text().split()) if file.exists() else "")
    return Vault(keys=found)


def _ring(keys: list[str]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key.strip()) for key in keys if key.strip()])
    except ValueError as error:
        raise VaultClosed(
            "SOCIALAPP_SECRET_KEY is not a key. Make one with `socialapp secrets new-key`."
        ) from error


def _make(file: Path, key: str) -> None:
    """Make the file with one key, unless another process was faster."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f"{file.name}.{os.getpid()}")
    _put(temporary, [key])
    try:
        os.link(temporary, file)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()


def _write(file: Path, keys: list[str]) -> None:
    temporary = file.with_name(f"{file.name}.{os.getpid()}")
    _put(temporary, keys)
    temporary.replace(file)


def _put(file: Path, keys: list[str]) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as opened:
        opened.write("".join(f"{key}\n" for key in keys))
        opened.flush()
        os.fsync(opened.fileno())


_current: list[Vault] = []


def connect(*, keys: str, folder: Path) -> Vault:
    """Open the vault of this process; the wirings call it once."""
    vault = Vault(keys=keys, file=folder / FILE)
    _current[:] = [vault]
    return vault


def vault() -> Vault:
    """Return the vault that connect() opened."""
    return _current[0]
