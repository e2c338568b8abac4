"""Telling other programs what happens: addresses, what waits for them, and delivering it."""
