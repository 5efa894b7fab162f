"""Trains the reader, the small model of our own that reads question and statement together."""
