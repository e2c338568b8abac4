"""The PDF files of invoices: single ones, a ZIP archive of them, or a folder."""
