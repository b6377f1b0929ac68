"""Every environment variable, typed; read only by the wirings: web, worker, cli, alembic/env.py."""

import ipaddress
import os
import tomllib
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from socialapp.domain import addresses
from socialapp.domain.errors import Rejected

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: where alembic/, assets/ and the page bundle are."""
VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]

_SOCKET_BYTES = 100


class Settings(BaseSettings):
    """What this installation was told; the environment wins over `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="SOCIALAPP_", env_file=".env", extra="ignore", env_ignore_empty=True
    )

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    data_dir: Path = Path("data")
    url: str = ""
    """The public address, e.g. https://social.example.org; empty: the address of this machine."""
    trusted_proxies: str = ""
    """Addresses of reverse proxies whose X-Forwarded-* headers are believed, comma separated."""
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    redis_url: str = Field(default="", validation_alias="REDIS_URL")
    web_processes: int = Field(default=1, ge=1, le=16)
    """Several share their visitors' state through Redis; one keeps it in memory."""
    sweep_seconds: float = Field(default=1.0, gt=0, le=60)
    max_upload_mb: int = Field(default=512, ge=1)
    max_at_once: int = Field(default=200, ge=1, le=1000)
    """Requests under way in one worker."""
    secret_key: str = ""
    """Seals the access to channels: keys, comma separated, the first seals; empty: a file in the
    data folder. Several machines have to share it."""
    allow_private_addresses: bool = False
    """Whether channels may be on servers in this network, and reached without https."""
    proposal_addresses: str = ""
    """Addresses that may propose texts though they are in this network or without https, exactly
    as they are typed under Settings; comma separated, e.g. http://127.0.0.1:11434/v1."""
    proposal_seconds: float = Field(default=50.0, gt=0, le=600)
    """How long whoever asked for a proposal waits for it."""
    watched_folder: Path | None = None
    """A folder on the worker's machine: pictures in it are given to Autopilot, each once."""
    log_level: str = "info"

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, folder: Path) -> Path:
        return folder.expanduser().resolve()

    @field_validator("watched_folder")
    @classmethod
    def _absolute_too(cls, folder: Path | None) -> Path | None:
        return folder and folder.expanduser().resolve()

    @field_validator("url")
    @classmethod
    def _public_address(cls, url: str) -> str:
        if url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname):
            raise ValueError("SOCIALAPP_URL has to look like https://social.example.org")
        return url.rstrip("/")

    @field_validator("trusted_proxies")
    @classmethod
    def _proxy_addresses(cls, names: str) -> str:
        for name in filter(None, (name.strip() for name in names.split(","))):
            ipaddress.ip_network(name, strict=False)
        return names

    @field_validator("proposal_addresses")
    @classmethod
    def _web_addresses(cls, names: str) -> str:
        for name in filter(None, (name.strip() for name in names.split(","))):
            try:
                if "://" not in name:  # read() would take it for https, and it would match nothing
                    raise ValueError(name)
                addresses.read(name, allow_http=True)
            except (Rejected, ValueError):
                shown = name.rpartition("@")[2]  # before it may be a password
                raise ValueError(
                    f"SOCIALAPP_PROPOSAL_ADDRESSES has {shown!r} in it, which is no address; one"
                    " looks like http://127.0.0.1:11434/v1"
                ) from None
        return names

    @property
    def is_embedded_database(self) -> bool:
        """Whether the database is the SQLite file in the data folder."""
        return not self.database_url

    @property
    def is_embedded_redis(self) -> bool:
        """Whether `socialapp run` starts the bundled valkey."""
        return not self.redis_url

    @property
    def database(self) -> str:
        """The address of the database for an asynchronous engine."""
        if not self.database_url:
            return f"sqlite+aiosqlite:///{self.data_dir / 'socialapp.db'}"
        scheme, _, rest = self.database_url.partition("://")
        match scheme:
            case "postgres" | "postgresql":
                return f"postgresql+asyncpg://{rest}"
            case "sqlite":
                return f"sqlite+aiosqlite://{rest}"
        return self.database_url

    @property
    def redis(self) -> str:
        """The address of Redis: the given one, or the socket of the bundled server."""
        return self.redis_url or f"unix://{self.redis_socket}"

    @property
    def redis_socket(self) -> Path:
        """The socket of the bundled server; only this user can open it.

        The kernel takes 107 bytes; a data folder that is deeper gets a short address of its own.
        """
        inside = self.data_dir / "valkey" / "valkey.sock"
        if len(os.fsencode(inside)) <= _SOCKET_BYTES:
            return inside
        name = sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
        return Path(f"/tmp/socialapp-{os.getuid()}") / name / "valkey.sock"  # noqa: S108 - 0700

    @property
    def media_dir(self) -> Path:
        """The folder of uploaded files."""
        return self.data_dir / "media"

    @property
    def address(self) -> str:
        """Where people open the app."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104
        return self.url or f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


@lru_cache
def get_settings(**overrides: Any) -> Settings:
    """Return the settings of this process."""
    return Settings(**overrides)
