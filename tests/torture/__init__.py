"""A simulation of bad days: real laptops, hubs and a real PostgreSQL, and an oracle that shares no code with them."""
