"""Answers by a chat model: what it is shown, what it writes, and what of that may be shown."""
