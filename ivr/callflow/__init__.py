"""The call flow as data: the document, its checks and the map of the menu."""
