"""Measures Openbook beside the plain LangChain pipeline: `python -m bench --help`."""
