"""A living company to look at: made from a seed, dated from today, never writing to anyone."""

from encaisse.demo.operations import DemoLogin, DemoRefused, ensure_demo, reset_demo

__all__ = ["DemoLogin", "DemoRefused", "ensure_demo", "reset_demo"]
