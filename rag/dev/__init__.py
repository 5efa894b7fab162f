"""Tools for development that ship with the package; nothing here is used when questions are answered."""
