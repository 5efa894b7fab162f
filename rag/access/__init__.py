"""Who may use what: keys, and what each of them opens."""
