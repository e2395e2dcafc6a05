"""``ivr accounts``: look at and change the synthetic people behind the hotline."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from ivr.errors import UsageError

if TYPE_CHECKING:
    from ivr.accounts.cheat_card import CheatCard
    from ivr.accounts.database_accounts import DatabaseAccounts

_WIDE = "FW"


@click.group(no_args_is_help=True)
@click.option("--database", metavar="URL", help="An sqlite:/// or postgresql:// URL. [default: $IVR_DATABASE_URL]")
@click.pass_context
def accounts(context: click.Context, database: str | None) -> None:
    """Look at and change the synthetic people behind the hotline.

    Nobody has their numbers, cards and passwords, so all of them are shown openly.

    \b
    Examples:
      ivr accounts list                       everybody, with what they are for
      ivr accounts show wang-balance          what to dial, and what will be said
      ivr accounts set wang-balance balance=0
    """
    context.obj = database


@contextmanager
def _opened(context: click.Context) -> Iterator[DatabaseAccounts]:
    from ivr.accounts.database import open_accounts

    opened = open_accounts(context.obj)
    try:
        yield opened
    finally:
        opened.close()


def _complete_handle(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    from ivr.accounts.people import people

    return [one.person.handle for one in people() if one.person.handle.startswith(incomplete)]


_handle: Callable[[Any], Any] = click.argument("handle", shell_complete=_complete_handle)
_as_json: Callable[[Any], Any] = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


@accounts.command("list")
@_as_json
@click.pass_context
def list_people(context: click.Context, as_json: bool) -> None:
    """List everybody: handle, name, ID number, what they are for.

    \b
    Examples:
      ivr accounts list
      ivr accounts list --json
    """
    from dataclasses import asdict

    from ivr.accounts.administration import everybody

    with _opened(context) as opened:
        listed = everybody(opened)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in listed], ensure_ascii=False, indent=2))
        return
    widest = max((len(one.handle) for one in listed), default=0)
    for one in listed:
        click.echo(f"{one.handle:{widest}}  {_padded(one.name, 8)}{one.number:18}  {one.purpose}")


@accounts.command("show")
@_handle
@_as_json
@click.pass_context
def show_person(context: click.Context, handle: str, as_json: bool) -> None:
    """Show one person: what to dial, and what will be said.

    \b
    Examples:
      ivr accounts show wang-balance
      ivr accounts show tang-aid-payer --json
    """
    from dataclasses import asdict
    from datetime import datetime

    from ivr.accounts.cheat_card import cheat_card

    # A hotline's day is the local day of whoever dials.
    now = datetime.now().astimezone().replace(tzinfo=None)
    with _opened(context) as opened:
        card = cheat_card(opened, handle, now)
    click.echo(json.dumps(asdict(card), ensure_ascii=False, indent=2) if as_json else _card_text(card))


@accounts.command()
@click.option("--reset", is_flag=True, help="Make everybody anew: changes, wrong tries and locks are lost.")
@click.pass_context
def seed(context: click.Context, reset: bool) -> None:
    """Make the database and its people, if they are not there yet.

    \b
    Examples:
      ivr accounts seed
      ivr accounts seed --reset
      ivr accounts --database postgresql://localhost/ivr seed
    """
    from ivr.accounts.administration import everybody
    from ivr.accounts.database import reseed

    with _opened(context) as opened:
        added = reseed(opened, reset=reset)
        done = f"made {added} people anew in" if reset else f"{len(everybody(opened))} people are in"
        click.echo(f"{done} {opened.place}")


@accounts.command("set")
@_handle
@click.argument("changes", nargs=-1, required=True, metavar="FIELD=VALUE...")
@click.pass_context
def set_fields(context: click.Context, handle: str, changes: tuple[str, ...]) -> None:
    """Change somebody, all fields at once or none.

    \b
    balance=12.34        yuan
    state=frozen         the account: normal, frozen, none, closed
    insurance=suspended  active, suspended, terminated, none
    card=lost            normal, lost
    password=135790      six digits

    \b
    Examples:
      ivr accounts set wang-balance balance=12.34 state=frozen
    """
    from ivr.accounts.administration import adjust

    wanted: dict[str, str] = {}
    for change in changes:
        field, given, value = change.partition("=")
        if not given:
            raise UsageError(f"{change!r} is no change; write FIELD=VALUE, such as balance=12.34")
        if field in wanted:
            raise UsageError(f"{field} is given twice; give it once")
        wanted[field] = value
    with _opened(context) as opened:
        adjust(opened, handle, wanted)
    click.echo(f"{handle}: {', '.join(wanted)} set")


@accounts.command()
@_handle
@click.pass_context
def unlock(context: click.Context, handle: str) -> None:
    """Forget somebody's wrong passwords, or everybody's.

    'all' forgets those of unknown numbers, too.

    \b
    Examples:
      ivr accounts unlock lu-locked
      ivr accounts unlock all
    """
    from ivr.accounts.administration import unlock as forget

    with _opened(context) as opened:
        forget(opened, handle)
    click.echo("everybody is unlocked" if handle == "all" else f"{handle} is unlocked")


def _card_text(card: CheatCard) -> str:
    dialled = {
        "ID number": card.number,
        "card": card.card or "none",
        "password": card.password or "changed since it was made; set a new one with `ivr accounts set`",
        "age": str(card.age),
    }
    if card.locked:
        dialled["locked"] = f"yes; `ivr accounts unlock {card.handle}`"
    rows = [*dialled.items(), *card.says.items()]
    return "\n".join(
        [f"{card.handle}  {card.name}  {card.purpose}", "", *(f"  {name:10}  {value}" for name, value in rows)]
    )


def _padded(text: str, columns: int) -> str:
    import unicodedata

    width = sum(2 if unicodedata.east_asian_width(character) in _WIDE else 1 for character in text)
    return text + " " * max(1, columns - width)
