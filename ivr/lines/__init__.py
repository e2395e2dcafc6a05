"""Front doors: the ways in which a caller reaches the hotline."""
