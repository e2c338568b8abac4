"""Reading the files of accounting software: what they hold, line by line, and nothing written."""
