"""What makes the book from `analysis`: plan, run, sheets, results, ledger, pages."""
