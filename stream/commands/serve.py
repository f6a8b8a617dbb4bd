"""serve: `cuelight serve`: the server, until it is told to end."""

import asyncio
import signal
import sys
from argparse import Namespace
from pathlib import Path

from stream.errors import MediaError
from stream.server.config import Config, read_config

END_S = 3
"""Open connections have so long when the server ends."""
FLAGS = ("host", "port", "data", "tls_cert", "tls_key", "behind_tls", "allow", "origins", "udp_ports",
         "public_address", "jobs")


def run(args: Namespace) -> int:
    flags = {name: getattr(args, name) for name in FLAGS}
    if args.no_auth:
        flags["auth"] = False
    config = read_config(Path(args.config) if args.config else None, flags)
    config.check()
    return asyncio.run(serve(config))


async def serve(config: Config) -> int:
    """Serve until SIGINT or SIGTERM; then every session ends and finishes its files."""
    import uvicorn

    from stream.server import logs
    from stream.server.app import make_app, open_server
    from stream.server.store import TokenRow

    logs.install(sys.stderr)
    server = open_server(config)
    web = uvicorn.Server(uvicorn.Config(
        make_app(server), host=config.host, port=config.port, log_config=None, access_log=False,
        server_header=False, proxy_headers=config.behind_tls, timeout_graceful_shutdown=END_S,
        ws_max_size=1 << 20, h11_max_incomplete_event_size=1 << 16,
        ssl_certfile=str(config.tls_cert) if config.tls_cert else None,
        ssl_keyfile=str(config.tls_key) if config.tls_key else None))
    print(f"Cuelight is at {config.url}", file=sys.stderr)
    if config.auth and not server.store.all(TokenRow, role="operator"):
        print(f"The operator's token, told this once: {server.auth.issue('operator', 'first')[1]}", file=sys.stderr)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: None)  # uvicorn hears them while it runs, and raises them again at its end
    await web.serve()
    if not web.started:
        raise MediaError(f"{config.host}:{config.port} cannot be listened on", "Choose another --port")
    return 0
