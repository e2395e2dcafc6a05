"""Stands in for the process of pyttsx3 on a machine whose voices speak other languages."""

print('{"error": "pyttsx3: none of the 3 voices of this machine speaks Mandarin"}')
