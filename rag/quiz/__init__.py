"""Questions to practise with: made from the texts, checked against them, taken and graded."""
