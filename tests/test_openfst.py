"""The FST files that we write are those that OpenFst writes, and Vosk reads them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ivr.speech.openfst import Fst, const_fst, lookahead_fst
from ivr.speech.openfst_reading import read_fst
from ivr.speech.word_graph import GraphCosts, write_graph

# Of Debian's libfst-tools: a system has the folder of its own processor, whatever that is.
LOOKAHEAD_LIBRARIES = sorted(Path("/usr/lib").glob("*-linux-gnu*/libfstlookahead.so.*"))
LEXICON = {
    "一": (("y", "i"),),
    "七": (("q", "i"),),
    "余额": (("y", "v", "0", "e"),),
    "恶": (("0", "e"), ("w", "u")),
    "呃": (("0", "e"),),
}
HEADER = 4 + 4 + len("olabel_lookahead") + 4 + len("standard") + 4 + 4  # what comes before its properties
INNER = HEADER + 8 + 3 * 8 + 4  # where the const FST begins
INNER_PROPERTIES = INNER + 4 + 4 + len("const") + 4 + len("standard") + 4 + 4


@pytest.fixture(scope="module")
def openfst(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment in which OpenFst's tools know the look-ahead type."""
    if shutil.which("fstconvert") is None or not LOOKAHEAD_LIBRARIES:
        assert "CI" not in os.environ, "CI installs libfst-tools"
        pytest.skip("OpenFst's tools are not installed (apt-get install libfst-tools)")
    libraries = tmp_path_factory.mktemp("libraries")
    (libraries / "olabel_lookahead-fst.so").symlink_to(LOOKAHEAD_LIBRARIES[-1])
    return os.environ | {"LD_LIBRARY_PATH": str(libraries)}


def properties_blanked(data: bytes) -> bytes:
    """Without what a header promises: OpenFst promises more, and we leave it to be computed."""
    for place in (HEADER, INNER_PROPERTIES):
        data = data[:place] + bytes(8) + data[place + 8 :]
    return data


def test_the_look_ahead_graph_is_the_one_that_openfst_makes(tmp_path: Path, openfst: dict[str, str]) -> None:
    write_graph(tmp_path, LEXICON, frozenset(LEXICON), GraphCosts())
    ours = (tmp_path / "HCLr.fst").read_bytes()
    (tmp_path / "inner.fst").write_bytes(ours[INNER:])

    subprocess.run(
        ["fstconvert", "--fst_type=olabel_lookahead", "--save_relabel_opairs=pairs", "inner.fst", "theirs.fst"],
        cwd=tmp_path, env=openfst, check=True,
    )  # fmt: skip

    pairs = [line.split() for line in (tmp_path / "pairs").read_text().splitlines()]
    assert all(old == new for old, new in pairs[:-1])  # the last keeps others off the number that means the end
    assert properties_blanked((tmp_path / "theirs.fst").read_bytes()) == properties_blanked(ours)


@pytest.mark.parametrize("name", ["HCLr.fst", "Gr.fst"])
def test_what_the_header_promises_is_true(tmp_path: Path, openfst: dict[str, str], name: str) -> None:
    write_graph(tmp_path, LEXICON, frozenset(LEXICON), GraphCosts())

    shown = subprocess.run(
        ["fstinfo", "--fst_verify_properties", str(tmp_path / name)],
        env=openfst, check=True, capture_output=True, text=True,
    )  # fmt: skip

    assert shown.stderr == ""
    assert "output label sorted                               y" in shown.stdout


def test_the_language_model_has_its_words(tmp_path: Path, openfst: dict[str, str]) -> None:
    write_graph(tmp_path, LEXICON, frozenset({"一", "七"}), GraphCosts())

    shown = subprocess.run(
        ["fstprint", str(tmp_path / "Gr.fst")], env=openfst, check=True, capture_output=True, text=True
    ).stdout

    assert {line.split()[3] for line in shown.splitlines() if len(line.split()) > 3} == {"一", "七", "[unk]"}


def converted(folder: Path, environment: dict[str, str], *how: str) -> Path:
    """A graph that OpenFst's tools made: two ways, of which each leads to words that the other does not."""
    ways = "0 1 1 0\n0 2 2 0 0.5\n1 3 3 4\n1 3 4 7\n2 3 5 9 2.5\n3 0 0 0\n3\n"
    subprocess.run(["fstcompile", "-", "plain.fst"], input=ways.encode(), cwd=folder, env=environment, check=True)
    subprocess.run(["fstconvert", *how, "plain.fst", "made.fst"], cwd=folder, env=environment, check=True)
    return folder / "made.fst"


def test_a_graph_in_which_only_some_words_can_come_next_is_read(tmp_path: Path, openfst: dict[str, str]) -> None:
    made = converted(tmp_path, openfst, "--fst_type=olabel_lookahead", "--save_relabel_opairs=pairs")
    found = read_fst(made)

    assert found is not None
    assert (len(found.states), len(found.arcs)) == (4, 6)
    made.write_bytes(made.read_bytes()[:-1])
    with pytest.raises(ValueError, match="too early"):
        read_fst(made)


@pytest.mark.parametrize("how", [("--fst_type=vector",), ("--fst_type=const", "--fst_align")])
def test_other_kinds_of_graph_are_not_judged(tmp_path: Path, openfst: dict[str, str], how: tuple[str, ...]) -> None:
    assert read_fst(converted(tmp_path, openfst, *how)) is None


def test_an_acceptor_writes_what_it_reads() -> None:
    fst = Fst()
    fst.connect(fst.new_state(), 0, reads=1, writes=2)

    with pytest.raises(ValueError, match="writes what it reads"):
        const_fst(fst, {0: "<eps>", 1: "a", 2: "b"})


def test_labels_with_a_gap_are_refused() -> None:
    fst = Fst(final={0: 0.0})
    fst.connect(fst.new_state(), 0, reads=1, writes=2)

    with pytest.raises(ValueError, match="without a gap"):
        lookahead_fst(fst)


def test_a_graph_in_which_some_word_cannot_come_next_is_refused() -> None:
    fst = Fst(final={1: 0.0})
    first, second = fst.new_state(), fst.new_state()
    fst.connect(first, second, reads=1, writes=1)
    fst.connect(second, second, reads=2, writes=2)

    with pytest.raises(ValueError, match="not every word can come next"):
        lookahead_fst(fst)
