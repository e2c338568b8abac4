"""A living company to look at: made from a seed, dated from today, never writing to anyone."""
