"""Commands about people who can log in."""

import click

from clusterweek import clock
from clusterweek.accounts import actions as accounts, queries as people, rules
from clusterweek.accounts.models import ROLES, Person
from clusterweek.clusters import actions as clusters, queries as cluster_queries
from clusterweek.db.session import unit_of_work
from clusterweek.refusal import Refusal
from clusterweek.traces import log as traces
from clusterweek.vocabulary import lists
from clusterweek.web import links
from clusterweek.web.forms import one_line


@click.group("user")
def user_group() -> None:
    """People who can log in."""


@user_group.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", required=True, type=click.Choice([*ROLES, "host"]))
@click.option("--cluster", "slug", help="For a host: the cluster's slug.")
@click.option("--land", type=click.Choice(list(lists.LAENDER)), help="For a land coordinator, perhaps for a viewer.")
@click.option("--lang", type=click.Choice(["de", "en"]), default="de", show_default=True)
def user_add(email: str, name: str, role: str, slug: str | None, land: str | None, lang: str) -> None:
    """Add a person with a role (or give a known one another role) and print a link to set the password."""
    cluster = cluster_queries.by_slug(slug) if slug else None
    if slug and cluster is None:
        raise Refusal(f"There is no cluster “{slug}”.")
    if role == "host" and cluster is None:
        raise Refusal("A host needs a cluster: --cluster SLUG.")
    if role != "host" and cluster is not None:
        raise Refusal("Only a host belongs to a cluster; leave --cluster out.")
    name = one_line(name)
    if not name:
        raise Refusal("Say how the person is called: --name NAME.")
    now = clock.now()
    with unit_of_work():
        person = accounts.add_person(one_line(email), name, language=lang, now=now)
        if cluster is not None:
            clusters.add_member(cluster, person, now=now)
        else:
            accounts.grant(person, role, land=land, now=now)
        _link, token = accounts.new_link(person, "set_password", now=now, minutes=rules.LOGIN_LINK_MINUTES)
        traces.note("link_printed", whom=person, now=now)
    click.echo(f"{person.name} <{person.email}>: {role}")
    click.echo(f"Afterwards `clusterweek user login-link {person.email}` prints a link to log in without a password.")
    click.echo(f"Set the password here, once, within {rules.LOGIN_LINK_MINUTES} minutes:")
    click.echo(links.page("accounts.new_password", lang=person.language, token=token))


@user_group.command("login-link")
@click.argument("email")
def user_login_link(email: str) -> None:
    """Print a link that logs the person in, once, within ten minutes."""
    person = _person(email)
    if not person.is_active:
        raise Refusal(f"The account of {email} is closed; open it with: user enable {email}")
    with unit_of_work():
        _link, token = accounts.new_link(person, "login", now=clock.now(), minutes=rules.LOGIN_LINK_MINUTES)
        traces.note("link_printed", whom=person, now=clock.now())
    click.echo(links.page("accounts.login_link", lang=person.language, token=token))


@user_group.command("disable")
@click.argument("email")
def user_disable(email: str) -> None:
    """Close an account: the person is out at once, everywhere."""
    person = _person(email)
    with unit_of_work():
        accounts.disable(person, now=clock.now())
    click.echo(f"{person.email}: closed")


@user_group.command("enable")
@click.argument("email")
def user_enable(email: str) -> None:
    """Open a closed account again."""
    person = _person(email)
    with unit_of_work():
        accounts.enable(person, now=clock.now())
    click.echo(f"{person.email}: open")


def _person(email: str) -> Person:
    person = people.by_email(email)
    if person is None:
        raise Refusal(f"Nobody has the address {email}.")
    return person


COMMANDS = (user_group,)
