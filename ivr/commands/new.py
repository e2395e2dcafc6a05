"""``ivr new``: a small hotline of one's own to start from."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click

from ivr.errors import UsageError

TEMPLATE = Path(__file__).parent.parent / "callflow" / "new_hotline"
TEMPLATE_NAME, TEMPLATE_TITLE = "my-hotline", "我的热线"
LONGEST_TITLE = 100


@click.command()
@click.argument("folder", metavar="DIR")
@click.option("--title", metavar="TEXT", help=f"What the hotline is called (default: {TEMPLATE_TITLE}).")
def new(folder: str, title: str | None) -> None:
    """Start a hotline of your own in the folder DIR.

    It has a menu, an identity check, an account balance, an agent and a scripted call: small enough to read in five
    minutes, and it runs as it is. Nothing that exists is overwritten.

    \b
    Examples:
      ivr new my-hotline
      ivr new city-line --title 示例市医保热线
    """
    target = Path(folder)
    texts = _texts(_name(target), _title(title))
    _require_room(target, texts)
    try:
        for name, text in texts.items():
            file = target / name
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("x", encoding="utf-8", newline="\n") as opened:
                opened.write(text)
    except OSError as error:
        raise UsageError(f"{target}: cannot be written ({error.strerror}); choose another folder") from None
    click.echo(f"{target}: a hotline of your own, {len(texts)} files\n")
    click.echo("Next:")
    size = len(f"diagram {_quoted(folder)}")
    for command, purpose in (
        ("check", "errors, and rules of good hotlines"),
        ("call", "phone it"),
        ("test", "make the scripted calls"),
        ("diagram", "draw it"),
    ):
        click.echo(f"  ivr {f'{command} {_quoted(folder)}':{size}}  # {purpose}")


def _name(target: Path) -> str:
    """The folder's name as a hotline id, when it can be one."""
    words = re.findall(r"[a-z0-9]+", target.resolve().name.lower())
    name = "-".join(words)[:60].rstrip("-")
    return name if name[:1].isalpha() else TEMPLATE_NAME


def _title(title: str | None) -> str:
    if title is None:
        return TEMPLATE_TITLE
    title = title.strip()
    if not 1 <= len(title) <= LONGEST_TITLE or not title.isprintable():
        raise UsageError(f"a title has 1 to {LONGEST_TITLE} printable characters; shorten it, or leave --title out")
    return title


def _texts(name: str, title: str) -> dict[str, str]:
    """File name -> text, with the name and title in place of the template's."""
    texts = {}
    for file in sorted(TEMPLATE.rglob("*.*")):
        if file.suffix in (".yaml", ".md"):
            text = file.read_text("utf-8")
            if file.name == "flow.yaml":
                text = text.replace(f"hotline: {TEMPLATE_NAME}", f"hotline: {name}", 1)
                # a JSON string is a YAML string, whatever the title holds
                text = text.replace(f"title: {TEMPLATE_TITLE}", f"title: {json.dumps(title, ensure_ascii=False)}", 1)
            elif file.name == "README.md":
                text = text.replace(f"# {TEMPLATE_TITLE}", f"# {title}", 1)
            texts[file.relative_to(TEMPLATE).as_posix()] = text
    return texts


def _require_room(target: Path, texts: dict[str, str]) -> None:
    """A new or empty folder; what only a version control or an editor put there does not count."""
    try:
        if target.is_symlink() and not target.exists():
            raise UsageError(f"{target}: is a link to nothing; choose another folder")
        if target.exists() and not target.is_dir():
            raise UsageError(f"{target}: is a file; choose another name")
        present = sorted(file.name for file in target.iterdir()) if target.exists() else []
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise UsageError(f"{target}: cannot be read ({error}); choose another folder") from None
    if any((target / name).exists() for name in texts):
        raise UsageError(f"{target}: there is a hotline already; choose another folder")
    visible = [name for name in present if not name.startswith(".")]
    if visible:
        what = ", ".join(visible[:3]) + (" …" if len(visible) > 3 else "")
        raise UsageError(f"{target}: the folder is not empty ({what}); choose a new or empty one")


def _quoted(folder: str) -> str:
    import shlex

    return shlex.quote(folder)
