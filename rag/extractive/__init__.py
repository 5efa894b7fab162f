"""Answers without a language model: statements of the texts, chosen and put together."""
