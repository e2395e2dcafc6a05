"""All synthetic people, in a fixed order. No number, card, telephone or name belongs to anybody."""

from __future__ import annotations

from functools import cache

from ivr.accounts.people_sketch import Sketch, SyntheticPerson, draw
from ivr.accounts.people_with_accounts import ACCOUNT_PEOPLE
from ivr.accounts.people_with_families import AID, FAMILY_PEOPLE
from ivr.accounts.people_with_identities import IDENTITY_PEOPLE
from ivr.accounts.person import AidLink

_SKETCHES: tuple[Sketch, ...] = (*ACCOUNT_PEOPLE, *IDENTITY_PEOPLE, *FAMILY_PEOPLE)


@cache
def people() -> tuple[SyntheticPerson, ...]:
    """Everybody, ``wang-balance`` first."""
    places = {sketch.handle: index for index, sketch in enumerate(_SKETCHES, start=1)}
    return tuple(
        draw(sketch, index, _aid(sketch.handle, places), _aid_given(sketch.handle))
        for index, sketch in enumerate(_SKETCHES, start=1)
    )


def _aid(handle: str, places: dict[str, int]) -> tuple[AidLink, ...]:
    links = []
    for aid in sorted(AID, key=lambda one: (places[one.payer], places[one.user])):
        if handle not in (aid.payer, aid.user):
            continue
        pays = handle == aid.payer
        other = places[aid.user if pays else aid.payer]
        links.append(
            AidLink(
                direction="payer" if pays else "user",
                relation=aid.user_is if pays else aid.payer_is,
                other=f"P{other:04d}",
                other_name=_SKETCHES[other - 1].name,
                state=aid.state,
                limit=aid.limit,
                used=aid.used,
            )
        )
    return tuple(links)


def _aid_given(handle: str) -> int:
    return sum(aid.used for aid in AID if aid.payer == handle)
