"""One file per product: the only place where rooms meet."""
