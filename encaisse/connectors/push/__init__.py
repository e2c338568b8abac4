"""What programs send through the API: some customers, contacts or entries at a time."""
