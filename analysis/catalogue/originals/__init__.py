"""From a journal's workbook or a published figure to a data package: plan, questions, files."""
