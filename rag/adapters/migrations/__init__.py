"""Steps from one schema of the stored state to the next, run by Alembic when the state is opened."""
