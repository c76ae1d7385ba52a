"""Why the database, or the disk below it, refused: one word for each cause, whatever the driver calls it.

`locked` many want to write, or somebody holds a lock · `full` no space left, or a quota used up · `read_only` nothing
may be written · `damaged` what is stored cannot be read · `disk` the disk itself fails · `gone` nobody answers ·
`schema` tables or columns are missing. Pages (web/problems.py), `/readyz` and the doctor tell people the same.
"""

import errno

from sqlalchemy.exc import DBAPIError, TimeoutError as PoolTimeout

CAUSES = ("locked", "full", "read_only", "damaged", "disk", "gone", "schema")

# By the beginning of SQLite's own names (https://sqlite.org/rescode.html); the first that fits.
SQLITE = (
    ("SQLITE_BUSY", "locked"),
    ("SQLITE_LOCKED", "locked"),
    ("SQLITE_PROTOCOL", "locked"),  # many processes at its log, for long
    ("SQLITE_FULL", "full"),
    ("SQLITE_READONLY", "read_only"),
    ("SQLITE_PERM", "read_only"),
    ("SQLITE_CORRUPT", "damaged"),
    ("SQLITE_NOTADB", "damaged"),
    ("SQLITE_IOERR", "disk"),  # a quota and a limit on the size of files come as this, too
    ("SQLITE_CANTOPEN", "gone"),
)
SQLITE_SAYS = (("database is locked", "locked"), ("no such table", "schema"), ("no such column", "schema"))
# By the beginning of PostgreSQL's codes (its appendix A); the first that fits.
POSTGRESQL = (
    ("55P03", "locked"),  # lock_timeout
    ("57014", "locked"),  # statement_timeout
    ("40", "locked"),  # deadlock, serialisation
    ("53300", "locked"),  # too many connections
    ("53100", "full"),
    ("25006", "read_only"),  # also a standby, which is in recovery
    ("42501", "read_only"),
    ("XX001", "damaged"),
    ("XX002", "damaged"),
    ("58", "disk"),
    ("53", "gone"),
    ("57P", "gone"),
    ("08", "gone"),
    ("3D000", "gone"),
    ("28", "gone"),
    ("42P01", "schema"),
    ("42703", "schema"),
)
SYSTEM = {
    errno.ENOSPC: "full",
    getattr(errno, "EDQUOT", errno.ENOSPC): "full",  # Windows has no such word
    errno.EFBIG: "disk",
    errno.EROFS: "read_only",
    errno.EIO: "disk",
}


def of(error: BaseException) -> str | None:
    """One of CAUSES, or None for a mistake that has nothing to do with them."""
    if isinstance(error, PoolTimeout):
        return "locked"
    if isinstance(error, OSError):
        return SYSTEM.get(error.errno or 0)
    if not isinstance(error, DBAPIError):
        return None
    if error.connection_invalidated:
        return "gone"
    if name := getattr(error.orig, "sqlite_errorname", None):
        found = next((cause for start, cause in SQLITE if name.startswith(start)), None)
    elif code := getattr(error.orig, "sqlstate", None):
        return next((cause for start, cause in POSTGRESQL if code.startswith(start)), None)
    else:
        found = None
    said = str(error.orig)
    found = found or next((cause for words, cause in SQLITE_SAYS if words in said), None)
    if found is None and type(error).__name__ == "OperationalError" and not name:
        return "gone"  # a server that was never reached has no code to give
    return found
