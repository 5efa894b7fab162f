"""Web pages, EPUB books and notebooks."""
