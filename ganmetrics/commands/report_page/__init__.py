"""`report_page`: everything about one evaluation on one page; a file for each of its sections."""
