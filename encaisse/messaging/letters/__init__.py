"""Letters on paper: the bank block, the transfer code, the press that makes the PDF."""
