"""What the supervisor has to know, light enough to be read without the settings' own library."""

import json
import os
import sys
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from socialapp.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""
_HANDED_OVER = "SOCIALAPP_PLAN"


class CannotStart(Exception):
    """Something is missing or in the way; the text says what to do."""


@dataclass(frozen=True)
class Plan:
    """One installation: its address, its folder, and which servers it brings itself."""

    host: str
    port: int
    address: str
    data_dir: str
    valkey_socket: str
    """Empty when Redis is somebody else's."""
    sqlite_file: str
    """Empty when the database is not the file in the data folder."""
    web_processes: int

    @property
    def folder(self) -> Path:
        """The data folder."""
        return Path(self.data_dir)


def from_settings(settings: "Settings") -> Plan:
    """Return the part of the settings that starting needs."""
    return Plan(
        host=settings.host,
        port=settings.port,
        address=settings.address,
        data_dir=str(settings.data_dir),
        valkey_socket=str(settings.redis_socket) if settings.is_embedded_redis else "",
        sqlite_file=str(settings.data_dir / "socialapp.db")
        if settings.is_embedded_database
        else "",
        web_processes=settings.web_processes,
    )


def environment(settings: "Settings") -> dict[str, str]:
    """Return this environment with every setting in it: children run in another folder."""
    values = dict(os.environ)
    for name, field in type(settings).model_fields.items():
        key = str(field.validation_alias or f"SOCIALAPP_{name}".upper())
        values[key] = str(getattr(settings, name))
    return values


def hand_over(settings: "Settings", module: str) -> None:
    """Become `module`, with nothing of this process left in memory."""
    values = environment(settings) | {_HANDED_OVER: json.dumps(asdict(from_settings(settings)))}
    values["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), values.get("PYTHONPATH")]))
    os.execve(sys.executable, [sys.executable, "-m", module], values)  # noqa: S606


def handed_over() -> Plan:
    """Return the plan of the process that became this one."""
    return Plan(**json.loads(os.environ.pop(_HANDED_OVER)))


def installed(package: str) -> Path:
    """Return the folder of an installed package without loading it."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart(f"The package {package} is missing. Run `make install`.")
    return Path(spec.submodule_search_locations[0])
