"""Companies, their users, who may do what, and the journal of what was done."""
