"""Stands in for the process of pyttsx3: does to each text what real engines were seen to do."""

from __future__ import annotations

import ctypes
import json
import sys
import threading
import wave
from pathlib import Path


def main() -> None:
    print(json.dumps({"voice": "faulty", "engine": "none"}), flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        text, file = question["text"], Path(question["file"])
        seen = file.with_name("seen")
        first = not seen.exists()
        seen.touch()
        if text == "挂起" or (text == "先挂起" and first):
            threading.Thread(target=threading.Event().wait).start()
            threading.Event().wait()
        if text == "崩溃" or (text == "先崩溃" and first):
            print("segmentation fault ahead", file=sys.stderr, flush=True)
            ctypes.string_at(0)
        if text == "废话":
            print("Audio saved to nowhere")
        if text == "报错":
            print(json.dumps({"error": "pyttsx3: no such voice"}), flush=True)
            continue
        if text == "哪里":
            print(json.dumps({"error": str(file)}), flush=True)
            continue
        if text != "没有文件":
            write(file, 0 if text == "空文件" or (text == "先空文件" and first) else 2205)
        if text == "残缺":
            file.write_bytes(file.read_bytes()[:30])
        print("{}", flush=True)


def write(file: Path, frames: int) -> None:
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(22050)
        sound.writeframes(b"\x10\x20" * frames)


if __name__ == "__main__":
    main()
