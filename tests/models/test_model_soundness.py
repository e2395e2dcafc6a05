"""Damage inside a model is found wherever it is, also where no word of a trial would come across it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ivr.hotlines import open_hotline
from ivr.speech.model_soundness import graph_soundness, made_of_its_words, network_soundness
from ivr.speech.model_verification import verify
from tests.untrained_model import make_untrained_model

SHIPPED = Path(__file__).parents[2] / "models/hotline-cmn"
GRAPHS = ["HCLr.fst", "Gr.fst"]
PLACE = st.floats(0, 1, exclude_max=True)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_untrained_model(tmp_path_factory.mktemp("sound") / "model", "查余额", "听广播")


@pytest.fixture(scope="module")
def broken(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy to be broken; each test leaves it as it found it."""
    folder = tmp_path_factory.mktemp("broken") / "model"
    shutil.copytree(model, folder)
    return folder


def flipped(data: bytes, place: float, bit: int) -> bytes:
    at = int(place * len(data))
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


def damage(look: Callable[[Path], str], folder: Path) -> str:
    """What is said to be damaged; nothing if the model passes."""
    try:
        look(folder)
    except ValueError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", GRAPHS)
@given(place=PLACE, bit=st.integers(0, 7))
@settings(max_examples=40, deadline=None)
def test_any_bit_of_a_graph_that_flipped_is_found(model: Path, broken: Path, name: str, place: float, bit: int) -> None:
    file = broken / "graph" / name
    file.write_bytes(flipped((model / "graph" / name).read_bytes(), place, bit))
    try:
        found = damage(graph_soundness, broken)
        assert "is damaged: " in found if found else made_of_its_words(broken) is False
    finally:
        shutil.copy(model / "graph" / name, file)


@pytest.mark.parametrize("name", GRAPHS)
@given(place=PLACE)
@settings(max_examples=40, deadline=None)
@example(place=0.0)
def test_a_graph_that_ends_anywhere_too_early_is_found_by_its_own_content(
    model: Path, broken: Path, name: str, place: float
) -> None:
    file = broken / "graph" / name
    data = (model / "graph" / name).read_bytes()
    file.write_bytes(data[: int(place * len(data))])
    try:
        assert damage(graph_soundness, broken).startswith(f"graph/{name} is damaged: ")
    finally:
        shutil.copy(model / "graph" / name, file)


@given(place=PLACE)
@settings(max_examples=40, deadline=None)
def test_a_network_that_ends_anywhere_too_early_is_found_or_left_to_the_loader(
    model: Path, broken: Path, place: float
) -> None:
    file = broken / "am/final.mdl"
    data = (model / "am/final.mdl").read_bytes()
    file.write_bytes(data[: int(place * len(data))])
    try:
        found = damage(network_soundness, broken)
        assert found.startswith("am/final.mdl is damaged: ") or b"<Nnet3>" not in file.read_bytes()
    finally:
        shutil.copy(model / "am/final.mdl", file)


@given(place=PLACE)
@settings(max_examples=40, deadline=None)
def test_a_weight_that_is_no_number_is_found(model: Path, broken: Path, place: float) -> None:
    file = broken / "am/final.mdl"
    data = (model / "am/final.mdl").read_bytes()
    weights = data.index(b"<LinearParams> FM ") + len(b"<LinearParams> FM ") + 10
    at = weights + 4 * int(place * (data.index(b"<BiasParams>") - weights) / 4)
    file.write_bytes(data[:at] + b"\xff\xff\xff\x7f" + data[at + 4 :])
    try:
        assert "what should be a weight is none" in damage(network_soundness, broken)
    finally:
        shutil.copy(model / "am/final.mdl", file)


def test_the_model_that_ships_is_sound() -> None:
    assert network_soundness(SHIPPED).endswith(" numbers")
    assert graph_soundness(SHIPPED).count("states and") == 2
    assert made_of_its_words(SHIPPED)


def test_damage_far_from_any_word_of_the_trial_makes_a_model_unfit(model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(model, folder)
    graph = folder / "graph/HCLr.fst"
    data = graph.read_bytes()
    states = int.from_bytes(data[0x50 + 49 : 0x50 + 57], "little")
    arcs_end = 0x50 + 65 + 20 * states + 16 * int.from_bytes(data[0x50 + 57 : 0x50 + 65], "little")
    graph.write_bytes(data[: arcs_end - 4] + states.to_bytes(4, "little") + data[arcs_end:])

    checks = list(verify(folder, open_hotline()))

    assert (checks[-1].name, checks[-1].verdict) == ("content", "wrong")
    assert "an arc leads to a state that is not there" in checks[-1].what


def test_a_graph_that_parts_from_its_word_list_is_weak(model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(model, folder)
    lexicon = folder / "graph/lexicon.txt"
    lexicon.write_text(lexicon.read_text("utf-8").replace("一 y i\n", "一 w u\n"), "utf-8")

    verdicts = {check.name: check.verdict for check in verify(folder, open_hotline())}

    assert verdicts["graph"] == "weak"
    assert verdicts["loading"] == "fine"
