"""Plain values of the trade: money, dates, working days, text. No Django, no clock."""
