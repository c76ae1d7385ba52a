"""Every setting: name, default, meaning. The only reader of the environment."""

import ipaddress
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import idna
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from clusterweek import clock

PREFIX = "CLUSTERWEEK_"
SECRET_LENGTH = 32  # characters: what is signed or derived with fewer could be guessed
LONGEST_BODY = 8 * 1024 * 1024  # of a request: a table, with its form


class BadSetting(Exception):
    """A setting that cannot be used; the sentence names it."""


@dataclass(frozen=True)
class MailRoute:
    """Where letters go: a folder (`file:`) or an SMTP server."""

    scheme: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    starttls: bool = False


@dataclass(frozen=True)
class Rate:
    """`count` times per `seconds`."""

    count: int
    seconds: int


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    return value.strip()


def _phone(value: str) -> str:
    if value.strip() and not re.fullmatch(r"[+0-9][0-9 ()/-]{3,28}[0-9]", value.strip()):
        raise ValueError("must be a telephone number, for example +49 30 123456")
    return value.strip()


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(value)

    return read


def _parts(value: str) -> SplitResult:
    """The parts of an address whose port, where it has one, is a number."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:  # its own sentence may quote a piece of a password
        raise ValueError(
            "cannot be read: write special characters of a password as %2F, and a port as number"
        ) from None
    return parts


def _database_url(value: str) -> str:
    if value.startswith("postgres://"):
        value = "postgresql://" + value.removeprefix("postgres://")
    if value.startswith("postgresql://"):
        value = "postgresql+psycopg://" + value.removeprefix("postgresql://")
    if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("must begin with sqlite:/// or postgresql://")
    try:
        url = make_url(value)
    except (ValueError, ArgumentError):
        raise ValueError("cannot be read: the port must be a number") from None
    if url.drivername == "sqlite" and url.database in (None, "", ":memory:"):
        raise ValueError("must name a file: what is kept in memory is lost")
    return value


def is_loopback(host: str) -> bool:
    """Whether a host's name or address means this machine itself and nothing else."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _base_url(value: str) -> str:
    """As browsers write it: a lower-case host without a dot at its end, umlauts in IDNA, no port that goes unsaid."""
    parts = _parts(value)
    is_plain = not (parts.query or parts.fragment or re.search(r"[\s@\\]", value))
    host = (parts.hostname or "").removesuffix(".")
    if parts.scheme not in ("http", "https") or not host or not is_plain:
        raise ValueError("must be an address like https://clusterwoche.example")
    if parts.path.strip("/"):
        raise ValueError("must not have a path: the pages live at the root of a host")
    if ":" in host:
        host = f"[{host}]"
    else:
        host = _host(host)
        if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", host):
            raise ValueError("must be an address like https://clusterwoche.example")
    if host in ("0.0.0.0", "[::]"):
        raise ValueError("must be an address that people can open, not the one to listen on")
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port not in (None, usual) else "")


def _host(name: str) -> str:
    """A host's name in ASCII."""
    try:
        return name if name.isascii() else idna.encode(name, uts46=True).decode()
    except idna.IDNAError:
        raise ValueError("has a host that cannot be written in an address") from None


def _secret(value: str) -> str:
    if len(value.strip()) < SECRET_LENGTH:
        raise ValueError(f"must have at least {SECRET_LENGTH} characters; without it one is made and kept")
    if len(set(value.strip())) < 8:
        raise ValueError("must not repeat a few characters; without it one is made and kept")
    return value.strip()


def _mail_route(value: str) -> MailRoute:
    if value in ("file:", "file"):
        return MailRoute("file")
    parts = _parts(value)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("must be file: or an address like smtp://user:password@host:587?tls=starttls")
    options = parse_qs(parts.query, keep_blank_values=True)
    tls = options.pop("tls", ["none"])[-1]
    if tls not in ("none", "starttls") or options:  # a mistyped one would mean mails without encryption
        raise ValueError("knows only tls=starttls")
    return MailRoute(
        parts.scheme,
        parts.hostname,
        parts.port or (465 if parts.scheme == "smtps" else 25),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        tls == "starttls",
    )


def _mail_from(value: str) -> str:
    if re.search(r"[\r\n\0]", value) or not re.fullmatch(r"(?:[^<>]+<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)", value):
        raise ValueError("must be an address like Clusterwoche <programm@example.org>")
    # Read as it will be read: a comma in the name would cut it, and with an umlaut before the @ no letter can leave.
    address = re.sub(r".*<|>.*", "", value)
    local, _at, domain = address.rpartition("@")
    if parseaddr(value)[1] != address or not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}", local):
        raise ValueError("must be an address like Clusterwoche <programm@example.org>; a name with a comma in quotes")
    if not re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", _host(domain)):
        raise ValueError("must be an address like Clusterwoche <programm@example.org>")
    return value


def _zone(value: str) -> str:
    if value not in clock.zones():
        raise ValueError("must be a time zone named after a place, like Europe/Berlin")
    return value


def _rate(value: str) -> Rate | None:
    if value == "off":
        return None
    match = re.fullmatch(r"([1-9][0-9]{0,8})/(second|minute|hour|day)", value)
    if not match:
        raise ValueError("must be off, or a number per time like 60/minute")
    return Rate(int(match[1]), {"second": 1, "minute": 60, "hour": 3600, "day": 86400}[match[2]])


@dataclass(frozen=True)
class Setting:
    """One line of the handbook's table of settings."""

    name: str
    default: str | None  # None: worked out at the start, see `meaning`
    meaning: str
    read: Callable[[str], Any]


SETTINGS = (
    Setting("INSTANCE_PATH", None, "folder of one installation: database, keys, mail (default: instance/)", _text),
    Setting(
        "DATABASE_URL", None, "sqlite:///… or postgresql://… (default: clusterweek.db in the instance)", _database_url
    ),
    Setting(
        "BASE_URL", None, "address that links in mails and feeds begin with (default: follows the port)", _base_url
    ),
    Setting(
        "SECRET_KEY", None, "signs sessions, 32 characters or more; generated into the instance when not set", _secret
    ),
    Setting("MAIL_URL", "file:", "smtp://…, smtps://… or file: (one .eml per mail in the instance)", _mail_route),
    Setting("MAIL_FROM", "Clusterwoche <clusterwoche@localhost.localdomain>", "sender of all mails", _mail_from),
    Setting("OFFICE_PHONE", "", "telephone of the programme office, for questions about an invitation", _phone),
    Setting("TIMEZONE", "Europe/Berlin", "zone of new editions and of the office's clock", _zone),
    Setting("TRUSTED_PROXIES", "0", "how many proxies in front set X-Forwarded-For", _whole(0, 10)),
    Setting("SIGNUP_LIMIT_NETWORK", "60/minute", "sign-ups from one network; off allowed", _rate),
    Setting("SIGNUP_LIMIT_ADDRESS", "10/day", "letters to one mailbox that nobody has answered; off allowed", _rate),
    Setting(
        "PROMOTION_LEAD_IN_PERSON",
        "180",
        "minutes before the start from which nobody moves up on site",
        _whole(0, 10080),
    ),
    Setting("PROMOTION_LEAD_ONLINE", "30", "the same for people who take part online", _whole(0, 10080)),
    Setting("WORKERS", "2", "web processes", _whole(1, 64)),
)
KNOWN = {setting.name for setting in SETTINGS}


def load(environ: Mapping[str, str] | None = None, *, port: int | None = None) -> dict[str, Any]:
    """Read the settings into Flask's names. Raises BadSetting with one sentence that names the setting.

    `port`: where this process serves; whoever does not serve (a command) takes the port that was served last.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        given = environ.get(PREFIX + setting.name, setting.default)
        if given is None:
            values[setting.name] = None
            continue
        try:
            values[setting.name] = setting.read(given)
        except ValueError as problem:
            raise BadSetting(f"{PREFIX}{setting.name} {problem}.") from None
    unknown = sorted(n for n in environ if n.startswith(PREFIX) and n.removeprefix(PREFIX) not in KNOWN)
    if unknown:
        raise BadSetting(f"{unknown[0]} is not a setting; see docs/settings.md.")

    instance = Path(values["INSTANCE_PATH"] or "instance").resolve()
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        values["SECRET_KEY"] = values["SECRET_KEY"] or _kept_secret(instance / "secret.key")
        # A key of its own: whoever learns the session key still cannot make links to people's registrations.
        values["LINK_KEY"] = _kept_secret(instance / "link.key")
    except OSError as problem:
        raise BadSetting(f"{PREFIX}INSTANCE_PATH cannot be used: {problem.strerror}.") from None
    values["INSTANCE_PATH"] = instance
    values["BASE_URL"] = values["BASE_URL"] or f"http://127.0.0.1:{port or _kept_port(instance)}"
    url = values["DATABASE_URL"] or f"sqlite:///{instance / 'clusterweek.db'}"
    values["SQLALCHEMY_DATABASE_URI"] = values["DATABASE_URL"] = url
    https = values["BASE_URL"].startswith("https://")
    values.update(
        IS_LOOPBACK=is_loopback(urlsplit(values["BASE_URL"]).hostname or ""),
        SESSION_COOKIE_NAME="__Host-session" if https else "session",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # the token ends with the session; a form left open overnight still works
        WTF_CSRF_SSL_STRICT=False,  # browsers send no Referer under our Referrer-Policy; the token and SameSite protect
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True},  # a failed statement is logged without people's data
        MAX_CONTENT_LENGTH=LONGEST_BODY,
        MAX_FORM_MEMORY_SIZE=512 * 1024,
        MAX_FORM_PARTS=500,
    )
    return values


_users_umask: int | None = None


def keep_files_private() -> None:
    """From now on what this process writes may be read by nobody else: it is about people. Call it first of all."""
    global _users_umask
    _users_umask = os.umask(0o077)


def open_to_readers(path: Path) -> None:
    """Let others read this file after all, as far as whoever started the program lets them: it is for the public."""
    if _users_umask is not None:
        path.chmod(0o666 & ~_users_umask)


def keep_port(instance: Path, port: int) -> None:
    """Let the links that commands print lead to the server that runs here."""
    (instance / "port").write_text(f"{port}\n")


def _kept_port(instance: Path) -> int:
    try:
        return _whole(1, 65535)((instance / "port").read_text().strip())
    except (OSError, ValueError):
        return 8000


def _kept_secret(path: Path) -> str:
    """The secret in `path`, made once; two processes that start together agree on one."""
    if not path.exists():
        beside = path.with_suffix(f".{os.getpid()}")
        try:
            beside.touch(mode=0o600)
            beside.write_text(secrets.token_urlsafe(48))
            os.link(beside, path)
        except FileExistsError:
            pass
        finally:  # also on a full disk, where only half of it was written
            beside.unlink(missing_ok=True)
    try:
        kept = path.read_text("utf-8").strip()
    except UnicodeError:
        kept = ""
    if len(kept) < SECRET_LENGTH:  # emptied by a full disk, or written by hand
        raise BadSetting(
            f"{PREFIX}INSTANCE_PATH holds a {path.name} of fewer than {SECRET_LENGTH} characters: "
            "put it back from a backup, or delete it, and another is made."
        )
    return kept
