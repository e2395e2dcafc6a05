"""Speaking and understanding speech: engines behind two Protocols, ``Synthesiser`` and ``Recogniser``.

Nothing here knows a call. An engine is a package that may be missing, may hang and may crash: each has one file, is
imported when it is first needed, and is kept away from the event loop by its caller.
"""
