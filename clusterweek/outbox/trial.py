"""One letter to try the way: it leaves at once, by the settings in force, and stands in no outbox."""

import secrets
from datetime import datetime

from flask import current_app

from clusterweek.i18n import force_language
from clusterweek.outbox import paper
from clusterweek.outbox.letter import Mail
from clusterweek.outbox.offices import Office


def send(office: Office, to: str, *, language: str, now: datetime) -> str:
    """What the office said when it took the letter. Raises what `Office.send` raises."""
    site = current_app.config["BASE_URL"]
    with force_language(language):
        subject, text, page = paper.write("outbox/mails/test", site=site, moment=now)
    mail = Mail(to, subject, text, page)
    domain = site.partition("://")[2].partition("/")[0].partition(":")[0] or "localhost"
    try:
        return office.send(mail, message_id=f"<test.{secrets.token_hex(16)}@{domain}>", due_at=now, now=now)
    finally:
        office.close()
