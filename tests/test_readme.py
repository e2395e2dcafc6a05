"""The README is executed: every ``console`` block is run, and what it shows must be what the program prints.

``python tests/test_readme.py`` writes the blocks anew after a deliberate change.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```console\n\$ (.+)\n((?:(?!```).*\n)*)```$", re.MULTILINE)
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks() -> list[tuple[Path, re.Match[str]]]:
    return [(path, match) for path in DOCUMENTS for match in BLOCK.finditer(path.read_text(encoding="utf-8"))]


def output_of(command: str, folder: str) -> str:
    """What a person would see who types the command in the project's folder."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "IVR_DATA_DIR": folder, "PYTHONUTF8": "1", "NO_COLOR": "1"}
    done = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", timeout=60
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(("path", "block"), blocks(), ids=lambda value: getattr(value, "name", None))
def test_what_the_documents_show_is_what_the_program_prints(path: Path, block: re.Match[str], tmp_path: Path) -> None:
    assert output_of(block[1], str(tmp_path)) == block[2]


def test_the_readme_shows_a_whole_call_on_its_first_screen() -> None:
    first_screen = (ROOT / "README.md").read_text(encoding="utf-8")[:2_500]
    assert "一千二百三十四元五角六分" in first_screen


def test_the_call_script_of_the_readme_passes(tmp_path: Path) -> None:
    script = re.search(r"^```yaml\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)
    assert script is not None
    (tmp_path / "readme.call.yaml").write_text(script[1], encoding="utf-8")
    assert "1 passed" in output_of(f"ivr test {tmp_path}", str(tmp_path))


def test_every_file_that_the_readme_links_to_exists() -> None:
    for path in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def rewrite() -> None:
    """Puts what the program prints now into the blocks."""
    for path in DOCUMENTS:
        with tempfile.TemporaryDirectory() as folder:
            text = path.read_text(encoding="utf-8")
            fresh = BLOCK.sub(lambda block: f"```console\n$ {block[1]}\n{output_of(block[1], folder)}```", text)
        path.write_text(fresh, encoding="utf-8")


if __name__ == "__main__":
    rewrite()
