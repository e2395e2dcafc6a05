"""Which choices a speech model can never hear, and where they are written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.commands.check import check
from ivr.errors import UsageError
from ivr.hotlines import open_hotline
from ivr.speech.vocabulary_lint import UnknownWords, unknown_words
from tests.untrained_model import hotline_with, make_untrained_model


def lint(*known: str, phrases: tuple[str, ...] = ("口头挂失",), folder: Path) -> list[UnknownWords]:
    """What is found about these phrases when the model knows only these words."""
    found = unknown_words(hotline_with(folder, *phrases), known.__contains__)
    return [one for one in found if any(repr(phrase) in one.what for phrase in phrases)]


def test_a_phrase_that_the_models_words_spell_is_not_named(tmp_path: Path) -> None:
    assert lint("口头", "挂失", folder=tmp_path) == []
    assert lint("口", "头挂", "失", folder=tmp_path) == []


def test_what_no_word_covers_is_named_with_its_place(tmp_path: Path) -> None:
    (found,) = lint("口头", folder=tmp_path)
    assert found.words == ("挂失",)
    assert found.place.line > 0
    assert found.place.file.endswith("flow.yaml")


def test_words_that_overlap_but_do_not_fit_together_name_the_whole_phrase(tmp_path: Path) -> None:
    (found,) = lint("口头", "头挂失", folder=tmp_path)
    assert found.words == ("口头挂失",)


def test_digits_and_answers_are_named_with_every_node_that_needs_them() -> None:
    hotline = open_hotline()
    without = set("拐七不")
    found = list(unknown_words(hotline, lambda word: not without & set(word)))
    needing = {one.node: one.words for one in found if one.node}
    assert needing["identity.number"] == ("七",)
    assert needing["main.card.loss-confirm"] == ("不是", "不对")
    assert any("asked back" in one.what for one in found)
    assert all(one.place.line > 0 for one in found)


def test_a_model_made_for_the_hotline_lacks_nothing() -> None:
    assert list(unknown_words(open_hotline(), lambda _word: True)) == []


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_untrained_model(tmp_path_factory.mktemp("lint") / "model", "听广播")


def test_the_check_names_the_words_that_a_model_lacks(model: Path, tmp_path: Path) -> None:
    hotline_with(tmp_path, "听广播", "飗风")
    result = CliRunner().invoke(check, [str(tmp_path), "--model", str(model), "--rule", "dead-end", "--json"])
    findings = json.loads(result.output)["findings"]
    assert result.exit_code == 1
    assert [finding["rule"] for finding in findings] == ["unknown-word"]
    assert "飗" in findings[0]["what"]
    assert "build-graph" in findings[0]["remedy"]
    assert findings[0]["line"] > 0


def test_a_model_that_is_none_is_told(tmp_path: Path) -> None:
    hotline_with(tmp_path, "听广播")
    result = CliRunner().invoke(check, [str(tmp_path), "--model", str(tmp_path / "nowhere")])
    assert isinstance(result.exception, UsageError)
    assert "no such folder" in str(result.exception)
