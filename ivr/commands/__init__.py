"""The commands of the `ivr` command line, one per file."""
