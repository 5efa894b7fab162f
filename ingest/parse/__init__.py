"""Files are parsed in child processes: a hostile one costs its child, never the batch."""
