"""The model that ships is the one that the recipe makes today: whoever changes the recipe or the hotline sees it here.

Only the network's numbers cannot be made again in a test. What is compared needs PyTorch where it comes from
``models.training`` (``pip install --group training``); CI installs it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ivr.hotlines import open_hotline
from ivr.speech.confidence_bands import CAUTIOUS, bands_of_model
from ivr.speech.graph_building import build_graph
from ivr.speech.pronouncing import load_pronouncing
from ivr.speech.word_graph import GraphCosts

SHIPPED = Path(__file__).parents[2] / "models/hotline-cmn"
MODEL = "models/hotline-cmn"
REBUILD = f"not the words of the built-in hotline any more: ivr models build-graph --model {MODEL} --out {MODEL}"


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def torch() -> None:
    if "CI" not in os.environ:
        pytest.importorskip("torch", reason="PyTorch is not installed (pip install --group training)")


def test_its_words_and_their_graph_are_those_of_the_built_in_hotline(tmp_path: Path) -> None:
    build_graph(open_hotline(), load_pronouncing(), tmp_path / "graph", GraphCosts())
    made, shipped = files_in(tmp_path / "graph"), files_in(SHIPPED / "graph")

    assert made.keys() == shipped.keys()
    assert [name for name in made if made[name] != shipped[name]] == [], REBUILD


@pytest.mark.usefixtures("torch")
def test_its_settings_are_those_that_the_recipe_writes(tmp_path: Path) -> None:
    from models.training.packaging import write_settings

    write_settings(tmp_path)

    assert files_in(SHIPPED / "conf") == files_in(tmp_path / "conf")


@pytest.mark.usefixtures("torch")
def test_its_network_has_the_form_that_the_recipe_makes(tmp_path: Path) -> None:
    from ivr.speech.phones import phone_pdfs
    from models.training.network import Network
    from models.training.nnet3_export import write_acoustic_model
    from models.training.training import shapes_for_hotlines

    _, grown = shapes_for_hotlines()
    write_acoustic_model(Network(grown), phone_pdfs(), tmp_path / "final.mdl")
    made, shipped = (tmp_path / "final.mdl").read_bytes(), (SHIPPED / "am/final.mdl").read_bytes()

    before_numbers = made.index(b"<NumComponents>")
    assert shipped[:before_numbers] == made[:before_numbers]  # phones and their outputs, layers and what each reads
    assert len(shipped) == len(made)


def test_it_has_bands_of_its_own_for_whatever_is_asked() -> None:
    bands = bands_of_model(SHIPPED)

    assert all(0 < band.reject < band.accept < 1 for band in (bands.phrases, bands.digits, bands.yes_no))
    assert CAUTIOUS not in (bands.phrases, bands.digits)


@pytest.mark.usefixtures("torch")
def test_it_fits_into_a_wheel() -> None:
    from models.training.packaging import LIMIT_BYTES, size_of

    assert size_of(SHIPPED) <= LIMIT_BYTES
