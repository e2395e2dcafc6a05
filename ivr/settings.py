"""Where things live and what the environment may override. The only reader of environment variables.

IVR_DATA_DIR        folder of the database, the call journals and speech models (default: the user's data folder)
IVR_DATABASE_URL    an SQLAlchemy URL (default: SQLite, ``accounts.db`` in the data folder)
IVR_CACHE_DIR       folder of what was spoken or checked once (default: the user's cache folder); may be deleted
IVR_SPEECH_MODEL    folder of the speech model to use, whatever ``ivr models use`` chose
IVR_VOICE           the hotline's voice where none is named, such as ``system`` (default: the best that is installed)
IVR_RETENTION_DAYS  how long the sound of calls is kept, and their records by ``ivr calls purge`` (default: 90)
"""

from __future__ import annotations

import os
from pathlib import Path

from ivr.errors import UsageError


def data_dir() -> Path:
    """The folder for everything that outlives a call; it may not exist yet."""
    if named := _folder("IVR_DATA_DIR"):
        return named
    import platformdirs

    return Path(platformdirs.user_data_dir("ivr", appauthor=False))


def cache_dir() -> Path:
    """The folder for what can be made again, such as spoken prompts; it may not exist yet."""
    if named := _folder("IVR_CACHE_DIR"):
        return named
    import platformdirs

    return Path(platformdirs.user_cache_dir("ivr", appauthor=False))


def checks_dir() -> Path:
    """The folder that remembers which speech models and voices came through their checks; it may not exist yet."""
    return cache_dir() / "checked"


def database_url() -> str:
    """The accounts database as an SQLAlchemy URL."""
    return os.environ.get("IVR_DATABASE_URL") or f"sqlite:///{(data_dir() / 'accounts.db').as_posix()}"


def journal_dir() -> Path:
    """The folder of the call journals, one JSON-lines file per call."""
    return data_dir() / "calls"


def speech_model() -> Path | None:
    """The speech model that the environment names, if it does."""
    return _folder("IVR_SPEECH_MODEL")


def models_dir() -> Path:
    """The folder of fetched speech models and of the choice among models; it may not exist yet."""
    return data_dir() / "models"


def voice() -> str:
    """The name of the hotline's voice or its folder, as ``--speaker`` takes it."""
    return str(Path(os.environ.get("IVR_VOICE") or "auto").expanduser())


def retention_days() -> int:
    """Days for which the sound of calls is kept, and their records by a purge."""
    text = os.environ.get("IVR_RETENTION_DAYS") or "90"
    if not text.isdecimal() or len(text) > 5:  # the calendar ends somewhere
        raise UsageError(f"IVR_RETENTION_DAYS is {text!r}; set it to a whole number of days, such as 90")
    return int(text)


def shipped(folder: str) -> Path:
    """A folder that ships with the program: beside the package in a checkout, inside it in a wheel."""
    package = Path(__file__).parent
    inside = package / "_shipped" / folder
    return inside if inside.is_dir() else package.parent / folder


def _folder(variable: str) -> Path | None:
    """The folder that an environment variable names, if it does."""
    override = os.environ.get(variable)
    if not override:
        return None
    try:
        return Path(override).expanduser()
    except RuntimeError:  # there is no such user, or nobody's home is known
        raise UsageError(f"{variable} is {override!r}, a home that is not known; write the whole path") from None
