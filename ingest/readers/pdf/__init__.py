"""PDF: letters with their places to words, lines, blocks in reading order, headings and tables."""
