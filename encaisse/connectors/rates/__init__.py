"""Exchange rates: read in a file, or asked of the European Central Bank."""
