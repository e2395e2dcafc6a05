"""How well a speech model understands callers, measured on recordings through the recogniser that calls use."""
