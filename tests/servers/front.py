"""What may stand between a browser and the app: another port, or TLS."""

import asyncio
import ssl
import subprocess
from contextlib import suppress
from pathlib import Path


class Front:
    """Passes bytes on to the app, from another address, with TLS or without."""

    def __init__(self, app_port: int, tls: ssl.SSLContext | None = None) -> None:
        self._app_port = app_port
        self._tls = tls

    async def __aenter__(self) -> int:
        """Start, and return the port."""
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0, ssl=self._tls)
        return int(self._server.sockets[0].getsockname()[1])

    async def __aexit__(self, *_: object) -> None:
        """Stop listening."""
        self._server.close()

    async def _pass_on(self, asker: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        app, ask = await asyncio.open_connection("127.0.0.1", self._app_port)
        with suppress(OSError):
            await asyncio.gather(_copy(asker, ask), _copy(app, back))


async def _copy(from_: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    try:
        while some := await from_.read(65536):
            to.write(some)
            await to.drain()
    finally:
        to.close()


def certificate(folder: Path) -> ssl.SSLContext:
    """Return a server's TLS with a certificate that nobody has to believe."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-keyout", key, "-out", cert),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return context
