"""Call scripts and virtual time."""
