"""Clients of the services that others run. Each speaks plain HTTP to one of them, and knows no table of ours."""
