"""``ivr models verify``: whether a speech model is fit for calls."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from ivr.errors import UsageError


@click.command("verify")
@click.argument("model", metavar="[DIR]", type=click.Path(path_type=Path), required=False)
@click.option("--flow", metavar="FLOW", help="The hotline whose words it must have; without it, the built-in one.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def verify_of_models(model: Path | None, flow: str | None, as_json: bool) -> int:
    """Check a speech model's files, that Vosk can use it, and that it has the words of a hotline.

    DIR is the model's folder; without it, the model is checked that a call would use. It is loaded by a process of its
    own first, since a corrupt model ends the process that reads it.

    \b
    Exit code: 0 it is fit for calls, 1 it is not, 2 there is none.

    \b
    Examples:
      ivr models verify
      ivr models verify my-model --flow my-hotline
    """
    from ivr.hotlines import open_hotline
    from ivr.speech.model_choice import chosen_model
    from ivr.speech.model_verification import verify

    folder = model or chosen_model()
    if folder is None:
        raise UsageError("there is no speech model yet; see 'ivr models list'")
    hotline = open_hotline(flow)
    checks = []
    if not as_json:
        click.echo(f"{folder}:")
    for check in verify(folder, hotline):
        checks.append(check)
        if not as_json:
            click.echo(f"  {check.verdict:<5} {check.name:<11} {check.what}")
    fit = all(check.verdict != "wrong" for check in checks)
    weak = any(check.verdict == "weak" for check in checks)
    if as_json:
        data = {"model": str(folder), "fit": fit, "checks": [asdict(check) for check in checks]}
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        click.echo(("fit for calls" + ", but see what is weak" * weak) if fit else "not fit for calls")
    return 0 if fit else 1
