"""The screens: one file or folder each. They show what queries give and ask for what commands do; no rule lives here.

What they share: `workbench` (what each is given), `records` (how a table's rows are named and edited), `words` (dates,
roles, countries as people read them). `catalog` lists them, `shell` is the window around them; none imports another.
"""
