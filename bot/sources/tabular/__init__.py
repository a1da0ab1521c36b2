"""Tables in files as other systems export them: text and workbooks in, rows of cells out."""
