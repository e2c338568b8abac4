"""The mirror of the accounting software: customers, entries, matches. Nobody edits it by hand."""
