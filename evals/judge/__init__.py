"""An optional language model as judge, and how far it agrees with our labels."""
