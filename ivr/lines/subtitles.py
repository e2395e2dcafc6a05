"""What a voice says, shown on the screen word by word as it says it."""

from __future__ import annotations

from ivr.lines.screen import Screen
from ivr.session.actions import PlayPrompt


class Subtitles:
    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._shown: PlayPrompt | None = None
        self._over = 0  # play_id of the latest that is over here, though it may fade out in the sound

    def follow(self, prompt: PlayPrompt | None, share: float) -> None:
        """What is being said now, and how much of it is out (0..1). Call it often."""
        if prompt is not self._shown:
            self.end()
        if prompt is not None and share > 0 and prompt.play_id != self._over:
            if self._shown is None:
                self._shown = prompt
                self._screen.begin_prompt(prompt.text)
            self._screen.reveal(share)

    def finish(self, play_id: int) -> None:
        """This prompt was said to its end."""
        if self._shown is not None and self._shown.play_id == play_id:
            self._screen.reveal(1.0)
            self.end()

    def end(self) -> None:
        """Whatever was being said was broken off."""
        if self._shown is not None:
            self._over, self._shown = self._shown.play_id, None
            self._screen.end_prompt()
