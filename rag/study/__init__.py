"""What a learner knows, is about to forget, and takes elsewhere."""
