"""Tables of customers, contacts and entries, from text files and workbooks."""
