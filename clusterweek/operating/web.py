"""The web processes: waitress, with the settings that suit this program.

waitress reads requests without a thread each, so slow clients hold nobody up (`connections.py`), and hands whole ones
to two lanes of threads (`lanes.py`). On its own it serves with one process; ours are forks of the supervisor that
accept from one listening socket, on Windows there is one process.
"""

import logging
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

from waitress.server import create_server

from clusterweek import config
from clusterweek.operating import access_log
from clusterweek.operating.connections import Channel, Watch
from clusterweek.operating.lanes import Lanes
from clusterweek.refusal import Refusal

if sys.platform != "win32":
    import resource

GRACE_SECONDS = 7  # for a request that is being answered while we stop; the supervisor waits nine
MOST_CONNECTIONS = 1000  # of one process
WANTED_FILES = 4096  # a connection may need three: itself, what it sends and what it gets
LONGEST_BODY = 4 * config.LONGEST_BODY
LONGEST_HEADERS = 32 * 1024  # every filter at once and the cookies fit
ACCEPTED_AT_ONCE = 16
TURN_SECONDS = 0.5  # how soon a process notes that it was told to stop, at the latest
STOPPING = (signal.SIGTERM, signal.SIGINT)


def listen(host: str, port: int) -> socket.socket:
    """The socket that all web processes accept from. Raises Refusal when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family)
    if sys.platform != "win32":
        # A port that was just given up may be taken again (on Windows the same word means: from whoever has it).
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
        door.listen(1024)
    except OSError as problem:
        door.close()
        raise Refusal(
            f"Port {port} cannot be used: {problem.strerror}. Another: PORT=8123 make run, or serve --port 8123."
        ) from None
    door.setblocking(False)
    return door


def run(app: Any, door: socket.socket, *, beat: Callable[[], None] = lambda: None) -> None:
    """Answer with a WSGI application what comes in by `door` until SIGTERM or Ctrl-C; then finish what has begun.

    `beat` is called again and again as long as this process can do its work.
    """
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s web %(levelname)s %(message)s")
    access_log.keep_silent()
    lanes = Lanes()
    most = _most_connections()
    server = create_server(
        access_log.AccessLog(app),
        _dispatcher=lanes,
        sockets=[door],
        asyncore_use_poll=True,
        # Ours end those that are too slow, by monotonic time, before these limits are met.
        connection_limit=most + 200,
        channel_timeout=86400,
        # What is too large for us is answered by our own page; four times that is not even read to its end.
        max_request_body_size=LONGEST_BODY,
        max_request_header_size=LONGEST_HEADERS,
        # Only TRUSTED_PROXIES decides whom to believe; waitress would take away what our ProxyFix reads.
        clear_untrusted_proxy_headers=False,
        log_socket_errors=False,
        ident=None,
    )
    server.channel_class = Channel
    server.handle_accept = _several(server.handle_accept)
    watch = Watch(server.active_channels, most=most)
    told: list[int] = []
    for number in STOPPING:
        signal.signal(number, lambda signum, _frame: told.append(signum))

    def turn() -> None:
        # Not server.run(): told to stop, that one drops what stands in line and cuts answers off.
        server.asyncore.loop(timeout=TURN_SECONDS, map=server._map, count=1, use_poll=True)

    while not told:
        turn()
        watch.look()
        if not lanes.is_stuck():
            beat()
    server.del_channel()
    server.socket.close()  # nobody new
    until = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < until and any(c.requests or c.total_outbufs_len for c in [*watch.channels.values()]):
        turn()
    lanes.shutdown(True, 1)


def _several(accept: Callable[[], None]) -> Callable[[], None]:
    """One new connection per turn would let thousands of silent ones keep the next person waiting for seconds."""

    def accept_several() -> None:
        for _one in range(ACCEPTED_AT_ONCE):
            accept()

    return accept_several


def _most_connections() -> int:
    """As many as the system lets us have files for; asks for more of them first."""
    if sys.platform == "win32":
        return 400  # its select() takes 512
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_FILES if most == resource.RLIM_INFINITY else min(WANTED_FILES, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
            now = wanted
        except (OSError, ValueError):
            pass
    return MOST_CONNECTIONS if now == resource.RLIM_INFINITY else max(20, min(MOST_CONNECTIONS, (now - 100) // 3))


def name_of(number: int) -> str:
    """What the web process with this number is called in messages and in `ps`."""
    return "web" if number == 0 else f"web-{number + 1}"
