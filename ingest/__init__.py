"""Course texts to chunks in the library."""
