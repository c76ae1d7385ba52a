"""The command that tries whether letters leave."""

import click
from flask import current_app

from clusterweek import clock
from clusterweek.outbox import smtp, trial
from clusterweek.outbox.envelope import UnfitMail
from clusterweek.outbox.offices import Closed, NotNow, Rejected
from clusterweek.refusal import Refusal
from clusterweek.web.forms import email_problem, one_line


@click.group("mail")
def mail_group() -> None:
    """Whether letters leave."""


@mail_group.command("test")
@click.argument("address")
@click.option("--lang", type=click.Choice(["de", "en"]), default="de", show_default=True, help="Of the letter.")
def mail_test(address: str, lang: str) -> None:
    """Send one letter to ADDRESS by the settings in force, and print what the mail server said."""
    if email_problem(address):
        raise Refusal(f"“{one_line(address)}” is not an e-mail address.")
    office, sender = smtp.post_office(current_app.config), current_app.config["MAIL_FROM"]
    try:
        said = trial.send(office, address, language=lang, now=clock.now())
    except UnfitMail as problem:
        raise Refusal(f"This letter cannot be sent: {problem}.") from None
    except Closed as problem:
        raise Refusal(f"No letter can leave: {problem}.") from None
    except Rejected as problem:
        raise Refusal(f"Refused for good: {problem}. Was the address right, and may {sender} be the sender?") from None
    except NotNow as problem:
        raise Refusal(f"Not taken this time: {problem}. Try again in some minutes.") from None
    click.echo(f"From {sender}: {said}")


COMMANDS = (mail_group,)
