"""Stands in for the process of pyttsx3 on a machine where the engine hangs when it is opened."""

import threading

threading.Event().wait()
