"""The forms in which a lead is made, changed and moved."""
