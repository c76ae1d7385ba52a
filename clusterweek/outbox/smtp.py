"""The post office that is an SMTP server: one connection for many mails, and what each of its answers means for us."""

import re
import smtplib
import ssl
from collections.abc import Mapping
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from clusterweek.config import MailRoute
from clusterweek.outbox.envelope import address, seal
from clusterweek.outbox.letter import Mail
from clusterweek.outbox.offices import Closed, Folder, NotNow, Office, Rejected

# One line of an answer; some servers end it with a bare LF, or leave out the text and the space before it.
REPLY = re.compile(rb"(?P<code>[1-5][0-9]{2})(?:(?P<more>[ -])(?P<text>[^\r\n]*))?\r?\n")
MOST_LINES, MOST_OCTETS = 100, 4096
STEP_SECONDS = 10  # longest wait for one answer; see deliver.LONGEST_MAIL
MAILS_PER_CONNECTION = 500  # servers limit it, often at 1000
SERVICE_CLOSING = 421
# RFC 2606: nobody lives there. The demo's people do, and no mail to them may reach a server.
INVENTED = re.compile(r"(?:^|\.)(?:example|example\.(?:org|com|net))$", re.IGNORECASE)


def post_office(settings: Mapping[str, Any]) -> Office:
    """The one that MAIL_URL names."""
    route, sender = settings["MAIL_URL"], settings["MAIL_FROM"]
    folder = Folder(settings["INSTANCE_PATH"] / "mail", sender=sender)
    return folder if route.scheme == "file" else Smtp(route, sender=sender, folder=folder)


class _Strict(smtplib.SMTP):
    """Believes only what is an answer: lines that all begin with the same three figures, and an end (RFC 5321 4.2).

    The library takes what it cannot read for -1, which is less than 400; and of several figures the last ones.
    """

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None:
            self.file = self.sock.makefile("rb")  # type: ignore[union-attr]
        code, said = "", []
        for _line in range(MOST_LINES):
            try:
                line = self.file.readline(MOST_OCTETS)
            except OSError as problem:
                self.close()
                raise smtplib.SMTPServerDisconnected(f"connection lost: {problem}") from None
            match = REPLY.fullmatch(line)
            if not match or (code and match["code"].decode() != code):
                self.close()
                raise smtplib.SMTPServerDisconnected("what came was no answer")
            code = match["code"].decode()
            said.append((match["text"] or b"").strip())
            if match["more"] != b"-":
                return int(code), b"\n".join(said)
        self.close()
        raise smtplib.SMTPServerDisconnected("the answer had no end")


class _StrictTls(_Strict, smtplib.SMTP_SSL):
    """The same under TLS from the first byte on."""


class Smtp:
    """Sends by SMTP; mails to invented people go to `folder` instead."""

    def __init__(self, route: MailRoute, *, sender: str, folder: Folder) -> None:
        self.route = route
        self.sender = sender
        self.folder = folder
        self._connection: smtplib.SMTP | None = None
        self._taken = 0

    def send(self, mail: Mail, *, message_id: str, due_at: datetime, now: datetime) -> str:
        if mail.is_demo or INVENTED.search(mail.to.rpartition("@")[2]):
            return f"nobody lives there: {self.folder.send(mail, message_id=message_id, due_at=due_at, now=now)}"
        body = seal(mail, sender=self.sender, message_id=message_id, now=now)
        try:
            connection = self._begin()
            self._expect(connection.rcpt(address(mail.to)), "RCPT")
            taken = connection.data(body)
            self._expect(taken, "DATA")
        except smtplib.SMTPDataError as problem:  # it did not ask for the text: nothing has been sent, whatever it said
            taken = problem.smtp_code, problem.smtp_error  # type: ignore[assignment]
            self._expect(taken, "DATA", is_yes=False)
        except (smtplib.SMTPServerDisconnected, OSError) as problem:
            self.close()
            raise NotNow(f"the connection was lost: {type(problem).__name__}") from None
        self._taken += 1
        return f"{self.route.host}:{self.route.port} took it: {_words(*taken)}"

    def check(self) -> str:
        self._open()
        self.close()
        return f"{self.route.host}:{self.route.port} answers" + (", login accepted" if self.route.user else "")

    def close(self) -> None:
        """Say goodbye, politely if the server still listens."""
        if self._connection:
            try:
                self._connection.quit()
            except (smtplib.SMTPException, OSError):
                self._connection.close()
        self._connection = None

    def _begin(self) -> smtplib.SMTP:
        """A connection that has taken MAIL FROM. What goes wrong until here is no letter's fault."""
        if self._taken >= MAILS_PER_CONNECTION:
            self.close()
        for is_new in (self._connection is None, True):
            connection = self._connection or self._open()
            try:
                code, answer = connection.mail(parseaddr(self.sender)[1])
            except (smtplib.SMTPServerDisconnected, OSError):
                code, answer = SERVICE_CLOSING, b"connection lost"
            if _is_yes(code):
                return connection
            self.close()
            # A server may hang up on a connection that it finds long enough: once more on a new one.
            if is_new or code != SERVICE_CLOSING:
                break
        raise Closed(f"{self.route.host} takes no mail from {self.sender}: {_words(code, answer)}")

    def _open(self) -> smtplib.SMTP:
        route = self.route
        try:
            if route.scheme == "smtps":
                self._connection = _StrictTls(
                    route.host, route.port, timeout=STEP_SECONDS, context=ssl.create_default_context()
                )
            else:
                self._connection = _Strict(route.host, route.port, timeout=STEP_SECONDS)
            if route.starttls:
                self._connection.starttls(context=ssl.create_default_context())
            if route.user:
                self._connection.login(route.user, route.password)
            self._connection.ehlo_or_helo_if_needed()
        except smtplib.SMTPAuthenticationError as problem:
            self.close()
            raise Closed(f"{route.host} refuses the login: {_words(problem.smtp_code, problem.smtp_error)}") from None
        except (smtplib.SMTPException, OSError) as problem:
            self.close()
            reason = getattr(problem, "strerror", None) or type(problem).__name__
            raise Closed(f"{route.host}:{route.port} cannot be used: {reason}") from None
        self._taken = 0
        return self._connection

    def _expect(self, reply: tuple[int, bytes], step: str, *, is_yes: bool = True) -> None:
        """Nothing when the server agrees: 2xx, and nothing else. 5xx is for good, 4xx for now (RFC 5321 4.2.1).

        Any other answer means that the two of us are not at the same place of the talk: it is ended, and begun anew.
        """
        code, answer = reply
        if is_yes and _is_yes(code):
            return
        if code < 400:
            self.close()
            raise NotNow(f"{step}: {_words(code, answer)}")
        if self._connection:
            try:
                self._connection.rset()
            except (smtplib.SMTPException, OSError):
                self.close()
        if code == SERVICE_CLOSING:
            self.close()
        raise (Rejected if code >= 500 else NotNow)(f"{step}: {_words(code, answer)}")


def _is_yes(code: int) -> bool:
    return 200 <= code < 300


def _words(code: int, answer: bytes | str) -> str:
    """The server's answer in one line, without addresses: the outbox keeps no personal data."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} " + re.sub(r"<?[^\s<>]+@[^\s<>:;,]+>?", "(address)", " ".join(text.split()))[:200]
