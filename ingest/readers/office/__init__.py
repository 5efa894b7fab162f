"""Slides, Word documents and sheets."""
