"""The sounds of Mandarin as our own speech model knows them, and the numbers they have in its files.

Theory of operation. A syllable is two phones, an initial and a final, without its tone: callers are heard over the
telephone and choose between few words, and the recordings in which a tone can be learnt are few. A syllable without a
consonant begins with ``y``, ``w`` (where spelling writes one) or ``0``. ``SIL`` is silence, ``GBG`` any speech at all
that is no word of ours.

Every phone but silence comes in four variants, by its place in the word: begin, end, inside (internal) and alone
(singleton). They sound alike and share one output of the network; the decoder finds by them where a word starts and
ends. Numbers, as Kaldi's files have them:

- a *phone id* counts from 1, silence first, then the variants B E I S of one base phone after the other, and last a
  pause inside a word, which sounds like silence;
- each base phone has two outputs of the network (*pdf ids*): one for entering it, one for staying in it (the "chain"
  topology: a phone may last a single frame of 30 ms);
- each phone id has two *transition ids*: staying (``2 * phone id - 1``) and leaving (``2 * phone id``).

The training and the word graph both take these numbers from here; a model made with other numbers cannot be used.
"""

# ruff: noqa: SIM905 - lists of phones are read as lines of words

from __future__ import annotations

from typing import Literal

Position = Literal["B", "E", "I", "S"]

SILENCE = "SIL"
GARBAGE = "GBG"
POSITIONS: tuple[Position, ...] = ("B", "E", "I", "S")

_INITIALS = tuple("zh ch sh b p m f d t n l g k h j q x r z c s".split())
_NO_CONSONANT = "0"
_STANDING_ALONE = tuple("a o e ai ei ao ou an en ang eng er".split())  # finals that are a syllable by themselves
_FINALS = (
    *_STANDING_ALONE,
    *"i ih iz ia ie iao iu ian in iang ing iong u ua uo uai ui uan un uang ong v ve van vn".split(),
)

SYLLABLE = 2
"""Phones of a syllable: an initial and a final."""

BASE_PHONES = (SILENCE, *_INITIALS, "y", "w", _NO_CONSONANT, *_FINALS, GARBAGE)
"""Base phones by number; silence is 0, garbage the last."""

PHONE_COUNT = 2 + 4 * (len(BASE_PHONES) - 1)
"""Phone ids run from 1 to this."""

PAUSE_ID = PHONE_COUNT
"""The phone id of a pause inside a word."""

PDF_COUNT = 2 * len(BASE_PHONES)
"""Outputs of the network; pdf ids run from 0."""

_BASE_IDS = {phone: number for number, phone in enumerate(BASE_PHONES)}

# Finals that spelling hides behind a y or w: yan is y + ian, wei is w + ui.
_AFTER_Y = dict(
    zip(
        "i a ao ou an in ang ing ong e u ue uan un o ai".split(),
        "i ia iao iu ian in iang ing iong ie v ve van vn o ai".split(),
        strict=True,
    )
)
_AFTER_W = dict(zip("u a o ai ei an en ang eng".split(), "u ua uo uai ui uan un uang ong".split(), strict=True))
_BUZZED = {**dict.fromkeys(("zh", "ch", "sh", "r"), "ih"), **dict.fromkeys(("z", "c", "s"), "iz")}  # the i of shi, si
_ROUNDED = {"u": "v", "ue": "ve", "uan": "van", "un": "vn"}  # u after j, q, x is ü
_SPELT_ALIKE = {"ue": "ve", "iou": "iu", "uei": "ui", "uen": "un"}
_INTERJECTIONS = {"ê": "ei", "m": "en", "n": "en", "ng": "en", "hm": "en", "hng": "en", "r": "er"}  # 诶, 呣, 嗯, 哼


def syllable_phones(syllable: str) -> tuple[str, str]:
    """Initial and final of a pinyin syllable; a tone digit is allowed, ü may be written v or u:.

    Raises ``ValueError`` for what is no syllable of Mandarin.
    """
    plain = syllable.lower().rstrip("012345").replace("u:", "v").replace("ü", "v")
    plain = _INTERJECTIONS.get(plain, plain)
    head, rest = plain[:1], plain[1:]
    if head == "y" and rest in _AFTER_Y:
        return "y", _AFTER_Y[rest]
    if head == "w" and rest in _AFTER_W:
        return "w", _AFTER_W[rest]
    if plain in _STANDING_ALONE:
        return _NO_CONSONANT, plain
    initial = next((initial for initial in _INITIALS if plain.startswith(initial)), "")
    final = plain[len(initial) :]
    if initial in ("j", "q", "x"):
        final = _ROUNDED.get(final, final)
    elif final == "i":
        final = _BUZZED.get(initial, final)
    final = _SPELT_ALIKE.get(final, final)
    if not initial or final not in _BASE_IDS or final in (SILENCE, GARBAGE):
        raise ValueError(f"{syllable!r} is no pinyin syllable")
    return initial, final


def positions(count: int) -> tuple[Position, ...]:
    """The variants of a word's phones, given how many there are: S, B E, B I E, B I I E …"""
    if count == 1:
        return ("S",)
    return ("B", *_inside(count - 2), "E")


def _inside(count: int) -> list[Position]:
    return ["I"] * count


def base_id(phone: str) -> int:
    """The number of a base phone; raises ``ValueError`` if there is none of that name."""
    try:
        return _BASE_IDS[phone]
    except KeyError:
        raise ValueError(f"{phone!r} is no phone of the model") from None


def phone_id(phone: str, position: Position) -> int:
    """The number of a phone at its place in a word; silence has one whatever the place."""
    base = base_id(phone)
    return 1 if base == 0 else 2 + 4 * (base - 1) + POSITIONS.index(position)


def word_phone_ids(phones: tuple[str, ...]) -> tuple[int, ...]:
    """The phone ids of a word's phones, in their order."""
    return tuple(phone_id(phone, place) for phone, place in zip(phones, positions(len(phones)), strict=True))


def phone_names() -> tuple[str, ...]:
    """The names of all phone ids, from phone id 1 on: SIL, zh_B, zh_E …"""
    return (SILENCE, *(f"{phone}_{place}" for phone in BASE_PHONES[1:] for place in POSITIONS), "SIL_I")


def word_boundaries() -> tuple[str, ...]:
    """What Kaldi calls each phone's place in a word, from phone id 1 on."""
    names = {"B": "begin", "E": "end", "I": "internal", "S": "singleton"}
    return ("nonword", *(names[place] for _ in BASE_PHONES[1:] for place in POSITIONS), "internal")


def entering_pdf(base: int) -> int:
    """The network's output for the first frame of a base phone, given its number."""
    return 2 * base


def staying_pdf(base: int) -> int:
    """The network's output for a further frame of a base phone, given its number."""
    return 2 * base + 1


def phone_pdfs() -> tuple[tuple[int, int, int], ...]:
    """(phone id, entering pdf, staying pdf) of every phone id, ascending: the transition model."""
    return (
        (1, entering_pdf(0), staying_pdf(0)),
        *(
            (2 + 4 * (base - 1) + place, entering_pdf(base), staying_pdf(base))
            for base in range(1, len(BASE_PHONES))
            for place in range(4)
        ),
        (PAUSE_ID, entering_pdf(0), staying_pdf(0)),
    )


def leaving_transition(phone: int) -> int:
    """The transition id of passing through a phone id once; in this topology it comes first."""
    return 2 * phone


def staying_transition(phone: int) -> int:
    """The transition id of one more frame in a phone id."""
    return 2 * phone - 1


def disambiguation_transition() -> int:
    """The first number above all transition ids: the graph's symbol for backing off (#0)."""
    return 2 * PHONE_COUNT + 1
