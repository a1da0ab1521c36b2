"""Read files of interval figures as contact centres export them: text and workbooks in, rows and reasons out."""
