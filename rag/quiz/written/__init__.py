"""Items that a language model writes: it reads a section and proposes; what is kept is decided by code.

The model writes stem, key, reason and the quote that holds the key. The code finds the quote in the text, makes the
wrong options or checks those proposed, and holds every item against the rules that all items pass.
"""
