"""Front doors of the hotline: each carries out a call's actions on one kind of line and reports events."""
