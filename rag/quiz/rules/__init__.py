"""Rules that an item must pass before it is shown."""
