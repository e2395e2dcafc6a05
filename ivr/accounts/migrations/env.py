"""Runs migrations on the connection that ``database.py`` hands over, inside its transaction and under its lock."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], target_metadata=None)
with context.begin_transaction():
    context.run_migrations()
