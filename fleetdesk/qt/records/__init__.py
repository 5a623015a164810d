"""A table over a million records: model, pages of rows, painting, selection by id."""
