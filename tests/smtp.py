"""A real SMTP server for tests, on a free port. What it makes difficult is told by the address it is asked for.

`gone…@` does not exist (550), `busy2…@` is refused twice for now (451), `cut…@` is taken, and the connection cut before
the answer, once; `full…@` is refused after DATA (554). Mails to example.org never come here: they are invented, so
tests write to addresses like ada@post.test.

`python -m tests.smtp PORT` runs it alone until it is stopped, and prints how many mails came in, and how many addresses
they went to.
"""

import re
import signal
import socket
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope


class Inbox:
    """What came in, in the order of arrival."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.raw: list[tuple[str, bytes]] = []
        self.connections = 0

    @property
    def mails(self) -> list[EmailMessage]:
        """The mails, read by the standard library."""
        return [message_from_bytes(raw, policy=policy.default) for _, raw in self.raw]  # type: ignore[misc]

    @property
    def addressees(self) -> list[str]:
        return [address for address, _ in self.raw]


class Handler:
    """How the server answers. Not the inbox itself: aiosmtpd reads every attribute of a handler for each connection."""

    def __init__(self, inbox: Inbox, refuses_sender: str | None) -> None:
        self.inbox = inbox
        self.refuses_sender = refuses_sender

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.inbox.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]) -> str:
        if self.refuses_sender:
            return self.refuses_sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]) -> str:
        self.inbox.asked[address] += 1
        if address.startswith("gone"):
            return f"550 5.1.1 <{address}>: no such mailbox"
        if (busy := re.match(r"busy(\d)", address)) and self.inbox.asked[address] <= int(busy[1]):
            return "451 4.7.1 Greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        address = envelope.rcpt_tos[0]
        if address.startswith("full"):
            return "554 5.2.2 Mailbox full"
        self.inbox.raw.append((address, bytes(envelope.content or b"")))
        if address.startswith("cut") and self.inbox.asked[address] == 1:
            server.transport.abort()
        return "250 OK"


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


@contextmanager
def smtp_server(
    *, login: tuple[str, str] | None = None, refuses_sender: str | None = None
) -> Iterator[tuple[Inbox, str]]:
    """(inbox, MAIL_URL) of a server that runs meanwhile. With `login` it knows only this user and password."""
    inbox = Inbox()

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login.decode(), data.password.decode()) == login, handled=False)

    port = free_port()
    controller = Controller(
        Handler(inbox, refuses_sender),
        hostname="127.0.0.1",
        port=port,
        server_hostname="localhost",  # otherwise each connection asks the name service who we are
        authenticator=authenticate if login else None,
        auth_require_tls=False,
    )
    controller.start()
    try:
        yield inbox, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


@contextmanager
def stubborn_server(**answers: bytes) -> Iterator[tuple[list[bytes], str]]:
    """(lines that came in, MAIL_URL) of a server that answers as told: bytes for `greeting`, `ehlo`, `mail`, `rcpt`,
    `data`, `text` (after the mail's end); what is not told is answered properly, and b"" hangs up."""
    proper = {
        "greeting": b"220 post.test\r\n",
        "ehlo": b"250-post.test\r\n250 OK\r\n",
        "mail": b"250 OK\r\n",
        "rcpt": b"250 OK\r\n",
        "data": b"354 Go on\r\n",
        "text": b"250 Taken\r\n",
        "rset": b"250 OK\r\n",
        "quit": b"221 Bye\r\n",
    } | answers
    heard: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def talk(connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            word, is_text = "greeting", False
            while proper[word]:
                connection.sendall(proper[word])
                is_text = word == "data" and proper[word].startswith(b"354")
                line = lines.readline()
                while is_text and line not in (b".\r\n", b""):
                    line = lines.readline()
                if not line:
                    return
                heard.append(line.strip())
                word = "text" if is_text else line[:4].decode().lower()

    def serve() -> None:
        while True:
            try:
                connection, _address = listening.accept()
            except OSError:
                return
            with suppress(OSError):  # whoever was told nonsense hangs up
                talk(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield heard, f"smtp://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def main() -> None:
    inbox = Inbox()
    controller = Controller(
        Handler(inbox, None), hostname="127.0.0.1", port=int(sys.argv[1]), server_hostname="localhost"
    )
    controller.start()
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    done.wait()
    controller.stop()
    print(len(inbox.raw), len(set(inbox.addressees)))


if __name__ == "__main__":
    main()
