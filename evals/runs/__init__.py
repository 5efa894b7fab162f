"""Runs of labelled questions: asked, measured, stamped and kept."""
