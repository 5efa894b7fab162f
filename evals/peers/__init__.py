"""Questions and claims over texts that are not ours, where those are at hand."""
