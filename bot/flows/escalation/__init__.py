"""People who are needed: the ladder, pages and what is answered to them."""
