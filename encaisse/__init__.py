"""Encaisse: the collection desk of a French company."""
