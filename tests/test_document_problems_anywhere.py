"""Whatever stands wherever in a document, it is either right or explained; never an error of ours."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ivr.callflow.document import FlowDocument
from ivr.callflow.document_problems import document_problems
from ivr.callflow.hotline import DocumentPath, Place
from ivr.callflow.loading import BUILTIN_HOTLINE
from ivr.callflow.yaml_source import read_yaml
from ivr.commands.new import TEMPLATE

MAIN = read_yaml(TEMPLATE / "flow.yaml").data
PARTS = [read_yaml(file).data for file in sorted(BUILTIN_HOTLINE.parent.glob("*.yaml")) if file != BUILTIN_HOTLINE]
for part in PARTS:
    for section, content in part.items():
        MAIN[section] = {**MAIN.get(section, {}), **content}


def paths(value: Any, path: DocumentPath = ()) -> list[DocumentPath]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, part in inner for deeper in paths(part, (*path, key)))]


PATHS = [path for path in paths(MAIN) if path]
JUNK = st.recursive(
    st.sampled_from(["", "x", "Bad Id", "1", "-1", "nan", "8s", "yes", "*", "a.b", "menu", "长" * 3000, "9" * 400]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["kind", "to", "say", "value", "type", "Bad Id", "1", ""]), inner, max_size=3)
    ),
    max_leaves=4,
)


def changed(path: DocumentPath, junk: Any, *, rename: bool) -> Any:
    document: Any = copy.deepcopy(MAIN)
    place = document
    for part in path[:-1]:
        place = place[part]
    if rename and isinstance(place, dict):
        place[str(junk)[:20]] = place.pop(path[-1])
    else:
        place[path[-1]] = junk
    return document


@settings(max_examples=150, deadline=None)
@given(path=st.sampled_from(PATHS), junk=JUNK, rename=st.booleans())
def test_any_change_is_right_or_explained(path: DocumentPath, junk: Any, rename: bool) -> None:
    document = changed(path, junk, rename=rename)
    try:
        FlowDocument.model_validate(document, by_alias=True, by_name=False)
    except ValidationError as error:
        found = document_problems(error, FlowDocument, document, lambda at: Place("/".join(map(str, at)), 1))
    else:
        return
    assert found
    for problem in found:
        assert problem.what
        assert problem.remedy, str(problem)
