"""Reading texts: blocks, sentences, words, amounts, and the statements that can answer."""
