"""Scenarios, follow-up and reminders: who is reminded, how, when, and what was done."""
