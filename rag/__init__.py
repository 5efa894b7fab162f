"""The core: what a question needs."""
