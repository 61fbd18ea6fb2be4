"""Curves from a journal's workbook or a published figure, before anyone says what they are."""
