"""``ivr schema``: the documents' JSON Schema, for editors and other programs."""

from __future__ import annotations

import click

from ivr.commands.output_file import write_text


@click.command()
@click.option("--prompts", "part", flag_value="prompts", help="Of a prompt catalogue.")
@click.option("--include", "part", flag_value="include", help="Of a file that a call flow includes.")
@click.option("--script", "part", flag_value="script", help="Of a call script.")
@click.option("--flow", "part", flag_value="flow", default=True, help="Of a call flow (the default).")
@click.option("-o", "--output", metavar="FILE", help="Write to a file instead of standard output.")
def schema(part: str, output: str | None) -> None:
    """Print the JSON Schema of call flows, prompt catalogues or call scripts.

    An editor with the YAML language server completes and checks a document that begins with the line

    \b
      # yaml-language-server: $schema=flow.schema.json

    \b
    Examples:
      ivr schema -o flow.schema.json
      ivr schema --prompts -o prompts.schema.json
      ivr schema --script -o script.schema.json
      ivr schema | jq '."$defs" | keys'
    """
    import json

    if part == "script":
        from ivr.testing.script_schema import script_schema

        schema = script_schema()
    else:
        from ivr.callflow.schema import json_schema

        schema = json_schema(part)  # type: ignore[arg-type]  # click's flag values
    text = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
    write_text(text, output)
