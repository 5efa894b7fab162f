"""Builds the course of the suite "files": a PDF, slides and a Word document, made of text of our own.

`python -m tests.course_files` writes them to `evals/courses/files`, the same bytes each time. It needs reportlab, which
nothing else does.
"""
