"""Our Qt toolkit: tables over many records, background work, messages, actions, look. It knows no lead and no sync.

`look/` tokens, theme, text and painting · `records/` the table over a million rows · `acting/` actions, palette and
shortcuts · `widgets/` what screens are made of.
"""
