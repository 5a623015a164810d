"""The demo: an embedded PostgreSQL, a believable data set, provider sandboxes and the tour."""
