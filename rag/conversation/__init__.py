"""Questions that follow on from others, and what is kept of them."""
