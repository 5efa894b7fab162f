"""What people touch: the terminal."""
