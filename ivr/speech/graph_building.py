"""Making a model's word graph for a hotline: its vocabulary, how each word sounds, and the graph of both.

The network of a model knows sounds, not words, so any hotline gets its words without new training. A folder is
written beside its place and moved there when it is complete.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ivr.callflow.hotline import Hotline
from ivr.errors import DocumentError, Problem, SpeechError
from ivr.mandarin.normalising import normalise
from ivr.speech.pronouncing import Pronouncing
from ivr.speech.vocabulary import common_words, phrase_words, phrases_of, words_understood
from ivr.speech.word_graph import GraphCosts, Lexicon, write_graph


@dataclass(frozen=True, slots=True)
class BuiltGraph:
    """What came out."""

    words: int
    pronunciations: int
    phrases: int


def build_graph(hotline: Hotline, pronouncing: Pronouncing, graph: Path, costs: GraphCosts) -> BuiltGraph:
    """Writes the folder ``graph`` anew. Raises DocumentError naming every phrase that cannot be pronounced."""
    phrases = phrases_of(hotline)
    lexicon, usual = lexicon_for(hotline, pronouncing)
    graph.parent.mkdir(parents=True, exist_ok=True)
    try:
        made = Path(tempfile.mkdtemp(prefix=".graph-", dir=graph.parent))
        try:
            write_graph(made, lexicon, usual, costs)
            made.chmod(0o755)  # a temporary folder is its maker's alone; a model is not
            if graph.exists():
                shutil.rmtree(graph)
            made.replace(graph)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise SpeechError(f"{graph}: cannot be written ({error.strerror or error}); name another place") from None
    return BuiltGraph(len(lexicon), sum(map(len, lexicon.values())), len(phrases))


def lexicon_for(hotline: Hotline, pronouncing: Pronouncing) -> tuple[Lexicon, frozenset[str]]:
    """All words with their pronunciations, and those of them that callers of this hotline say."""
    problems: list[Problem] = []
    lexicon: dict[str, tuple[tuple[str, ...], ...]] = {}
    for phrase, place in phrases_of(hotline).items():
        for word in phrase_words(phrase):
            try:
                lexicon[word] = pronouncing.of(word)
            except ValueError as error:
                remedy = "write it in hanzi, or say how it sounds in a file for --pronunciations"
                problems.append(Problem(place.file, place.line, f"{phrase!r} cannot be pronounced: {error}", remedy))
    if problems:
        raise DocumentError(problems)
    for word in words_understood():
        lexicon[word] = pronouncing.of(word)
    usual = frozenset(lexicon)
    for word in common_words():
        lexicon.setdefault(word, pronouncing.of(normalise(word)))
    return lexicon, usual
