"""From a Mail to the bytes that travel: MIME parts, headers, and no way to smuggle a header in."""

import base64
import re
from datetime import datetime
from email.charset import QP, Charset
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr, parseaddr

import idna

from clusterweek.outbox.letter import Mail

# The older of Python's two mail makers: 1 ms a mail, the newer EmailMessage takes 5. CRLF as it goes over the wire.
POLICY = compat32.clone(linesep="\r\n")
READABLE = Charset("utf-8")
READABLE.body_encoding = QP  # umlauts apart, the source of a mail can be read; every server takes it
# Everything that some reader of headers takes for the end of a line, and NUL.
LINE_ENDS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
ADDRESS = re.compile(r"[^@\s<>,;:\"()\\\[\]]+@[a-z0-9.-]+", re.IGNORECASE)


class UnfitMail(Exception):
    """This mail can never be sent; the sentence says why, without the address."""


def seal(mail: Mail, *, sender: str, message_id: str, now: datetime) -> bytes:
    """The whole message with CRLF line ends. Raises UnfitMail when a header would carry a line break or no address.

    Parts in the order that mail programs expect (RFC 6047 2.4): text, page, then the invitation, all alternatives;
    a calendar file without a method is attached beside them.
    """
    body = MIMEMultipart("alternative", policy=POLICY)
    body.attach(_text(mail.text, "plain"))
    body.attach(_text(mail.page, "html"))
    message = body
    if mail.calendar is not None and mail.calendar_method:
        body.attach(_calendar(mail.calendar, method=mail.calendar_method))
    elif mail.calendar is not None:
        message = MIMEMultipart("mixed", policy=POLICY)
        message.attach(body)
        message.attach(_calendar(mail.calendar, filename=mail.calendar_name))
    message["From"] = _mailbox(sender)
    message["To"] = address(mail.to)
    if mail.reply_to:
        message["Reply-To"] = address(mail.reply_to)
    message["Subject"] = _encoded(mail.subject, "Subject")
    message["Date"] = format_datetime(now)
    message["Message-ID"] = _one_line(message_id, "Message-ID")
    # RFC 3834: no "I am on holiday" comes back.
    message["Auto-Submitted"] = "auto-generated"
    return message.as_bytes()


def address(value: str) -> str:
    """One address in ASCII (the domain in IDNA). Raises UnfitMail for anything else."""
    local, _, domain = _one_line(value, "address").strip().rpartition("@")
    try:
        plain = f"{local}@{domain if domain.isascii() else idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        raise UnfitMail("no such domain") from None
    if not plain.isascii() or len(plain) > 254 or not ADDRESS.fullmatch(plain):
        raise UnfitMail("not an e-mail address")
    return plain


def _mailbox(sender: str) -> str:
    name, plain = parseaddr(_one_line(sender, "From"))
    return formataddr((name, address(plain)), "utf-8")


def _encoded(value: str, name: str) -> str | Header:
    value = _one_line(value, name)
    # Long or foreign subjects are folded and encoded by the library; it measures with the header's name.
    return value if value.isascii() and len(value) < 60 else Header(value, "utf-8", header_name=name)


def _one_line(value: str, name: str) -> str:
    if LINE_ENDS.search(value):
        raise UnfitMail(f"a line break in {name}")
    return value


def _text(text: str, subtype: str) -> MIMEText:
    return MIMEText(text, subtype, READABLE, policy=POLICY)  # type: ignore[arg-type]


def _calendar(body: bytes, *, method: str | None = None, filename: str | None = None) -> MIMEBase:
    """The calendar as a part. Base64 keeps its bytes: its lines end in CRLF, and some servers change line ends."""
    part = MIMEBase("text", "calendar", policy=POLICY)
    if method:
        part.set_param("method", _one_line(method, "method"))
    part.set_param("charset", "utf-8")
    if filename:
        part.set_param("name", _one_line(filename, "file name"))
        part.add_header("Content-Disposition", "attachment", filename=filename)
    part.set_payload(base64.encodebytes(body).decode())
    part["Content-Transfer-Encoding"] = "base64"
    return part
