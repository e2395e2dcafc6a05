"""YAML as documents may use it: strings and places, and a clear problem for everything else."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ivr.callflow.yaml_builder import FASTEST, MOST_PROBLEMS
from ivr.callflow.yaml_source import LARGEST_BYTES, Source, parse_yaml, read_yaml
from ivr.errors import DocumentError, Problem

BOTH_PARSERS = pytest.mark.parametrize("loader", [yaml.SafeLoader, FASTEST], ids=["pure", "fastest"])


def problems(raw: bytes | str, loader: object = FASTEST) -> tuple[Problem, ...]:
    with pytest.raises(DocumentError) as caught:
        parse_yaml(raw.encode() if isinstance(raw, str) else raw, "d.yaml", loader)
    return caught.value.problems


def lines_of(source: Source) -> dict[tuple[str | int, ...], int]:
    return {path: place.line for path, place in source.places.items()}


@BOTH_PARSERS
def test_every_scalar_is_the_text_that_was_written(loader: object) -> None:
    text = b"a: 0123\nb: 1:30\nc: no\nd: null\ne: 2026-03-02\nf: 1_000\ng: '*'\nh:\ni: ~\nj: 1e3\n0: x\n"
    source = parse_yaml(text, "d.yaml", loader)
    assert source.data == {
        "a": "0123", "b": "1:30", "c": "no", "d": "null", "e": "2026-03-02", "f": "1_000", "g": "*", "h": "",
        "i": "~", "j": "1e3", "0": "x",
    }  # fmt: skip


@BOTH_PARSERS
def test_every_part_has_its_line(loader: object) -> None:
    text = b"# head\nnodes:\n  main:\n    say: [a,\n      b]\n    to: x\nlist:\n- one\n- k: v\n"
    assert lines_of(parse_yaml(text, "d.yaml", loader)) == {
        (): 2,
        ("nodes",): 2,
        ("nodes", "main"): 3,
        ("nodes", "main", "say"): 4,
        ("nodes", "main", "say", 0): 4,
        ("nodes", "main", "say", 1): 5,
        ("nodes", "main", "to"): 6,
        ("list",): 7,
        ("list", 0): 8,
        ("list", 1): 9,
        ("list", 1, "k"): 9,
    }


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_any_line_ending_and_a_byte_order_mark_are_fine(newline: str, bom: bytes) -> None:
    source = parse_yaml(bom + newline.join(["a: 余额", "b: |", "  x", "  y", "c: z", ""]).encode(), "d.yaml")
    assert source.data == {"a": "余额", "b": "x\ny\n", "c": "z"}
    assert source.places[("c",)].line == 5


@BOTH_PARSERS
@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "the key 'a' is written twice; first on line 1"),
        ("a:\n  b: 1\n  'b': 2\n", 3, "the key 'b' is written twice; first on line 2"),
        ("a: &x 1\n", 1, "the anchor '&x'"),
        ("a: b\nc: *x\n", 2, "alias"),
        ("a: {b: c}\n<<: {d: e}\n", 2, "the merge key '<<'"),
        ("a: !!python/object:os.system x\n", 1, "the tag"),
        ("a: 1\nb: !!int 3\n", 2, "the tag"),
        ("a: !x {b: c}\n", 1, "the tag"),
        ("a: 1\n---\nb: 2\n", 2, "a second document"),
        ("", 1, "the file is empty"),
        ("# only a comment\n", 1, "the file is empty"),
        ("---\n", 1, "the file is empty"),
        ("- a\n- b\n", 1, "the document is not a mapping"),
        ("余额\n", 1, "the document is not a mapping"),
        ("a: 1\n? [x, y]\n: b\n", 2, "a key must be plain text"),
        ("a: 1\nb: [x\nc: 2\n", 3, "this is not YAML"),
        ("a: 1\n\tb: 2\n", 2, "this is not YAML"),
        ("a: b: c\n", 1, "this is not YAML"),
        ('a: 1\nb: "\\x07"\n', 2, "the control character U+0007"),
        ('a: 1\n"\\e": b\n', 2, "the control character U+001B"),
        ("a: 1\nb: \x1b[31m\n", 2, "the control character U+001B"),
        ("a: x\0y\n", 1, "a NUL character"),
        ("a: x\u2028y\n", 1, "the control character U+2028"),
        ("a: " + "[" * 50 + "]" * 50 + "\n", 1, "nested deeper than 40 levels"),
        ("a: " + "{b: " * 5_000 + "\n", 1, "nested deeper than 40 levels"),
    ],
)  # fmt: skip
def test_what_is_refused_is_named_with_its_line_and_a_remedy(text: str, line: int, what: str, loader: object) -> None:
    found = problems(text, loader)
    assert [problem.line for problem in found if what in problem.what] == [line]
    assert all(problem.remedy and problem.file == "d.yaml" for problem in found)


@pytest.mark.parametrize("escape", [r"\ud800", r"\U00110000", r"\UFFFFFFFF"])
@BOTH_PARSERS
def test_escapes_that_are_no_characters_are_problems(escape: str, loader: object) -> None:
    assert problems(f'a: "{escape}"\n', loader)


@pytest.mark.parametrize(
    ("raw", "line", "what"),
    [
        ("a: 余额\nb: 消费\n".encode("gbk"), 1, "byte 0xd3 at offset 3 is not UTF-8"),
        (b"\xef\xbb\xbfa: 1\nb: \xff\n", 2, "byte 0xff"),
        ("a: 1\n".encode("utf-16"), 1, "the file is UTF-16"),
        (b"a: 1\nb: \xc3", 2, "byte 0xc3"),
    ],
)
def test_another_encoding_is_named_by_byte_and_line(raw: bytes, line: int, what: str) -> None:
    (problem,) = problems(raw)
    assert problem.line == line
    assert what in problem.what
    assert "UTF-8" in problem.remedy


def test_all_problems_of_a_file_are_found_in_one_reading() -> None:
    found = problems("a: &x 1\na: 2\nb: !!int 3\nc: *x\nd: [*x]\n")
    assert [problem.line for problem in found] == [1, 2, 3, 4, 5]


def test_an_alias_bomb_is_refused_before_it_explodes() -> None:
    rows = ["a0: &a0 [lol]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    found = problems("\n".join(rows))
    assert len(found) == MOST_PROBLEMS + 1
    assert "more problems" in found[-1].what


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path) -> None:
    file = tmp_path / "huge.yaml"
    file.write_bytes(b"a: b\n" * (10 * 1024 * 1024 // 5))
    with pytest.raises(DocumentError, match="larger than 4 MB; split it"):
        read_yaml(file)
    assert file.stat().st_size > LARGEST_BYTES


@pytest.mark.parametrize("name", ["missing.yaml", ".", "a\0b"])
def test_what_cannot_be_read_is_a_problem(tmp_path: Path, name: str) -> None:
    with pytest.raises(DocumentError, match=r"cannot be read|not a file"):
        read_yaml(tmp_path / name)


_keys = st.text("abcXYZ余额012 -:#*&!'\"", min_size=1, max_size=6)
_values = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufeff"), max_size=20)
_data = st.recursive(
    _values, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_keys, inner, max_size=4), max_leaves=20
)


@given(st.dictionaries(_keys, _data, min_size=1, max_size=5), st.booleans())
def test_what_is_written_is_read_back(data: dict[str, object], flow_style: bool) -> None:
    text = yaml.dump(data, Dumper=_Plain, allow_unicode=True, default_flow_style=flow_style, default_style='"')
    assert parse_yaml(text.encode(), "d.yaml").data == data


class _Plain(yaml.SafeDumper):
    """Writes equal parts out, as documents must."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def read_or_refused(raw: bytes, loader: object) -> bool:
    """Whether the bytes are either data with places or problems; any other error fails the test."""
    try:
        source = parse_yaml(raw, "d.yaml", loader)
    except DocumentError as error:
        return bool(error.problems)
    return all(place.line >= 1 for place in source.places.values())


@given(raw=st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
@BOTH_PARSERS
def test_any_bytes_are_data_or_problems(raw: bytes, loader: object) -> None:
    assert read_or_refused(raw, loader)


@given(text=st.text("ab:-?[]{},&*!|>'\"%@`#\n \t\\x0<~", max_size=120))
@BOTH_PARSERS
def test_any_punctuation_is_data_or_problems(text: str, loader: object) -> None:
    assert read_or_refused(text.encode(), loader)
