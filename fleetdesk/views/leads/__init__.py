"""Leads: the list, one lead beside it, and the forms that change them."""
