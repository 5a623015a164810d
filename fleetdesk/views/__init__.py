"""The screens: one file or folder each. They show what queries give and ask for what commands do; no rule lives here.

What they share: `workbench` (what each is given), `replica` (where they read), `outbox` (what waits), `records` (what
the records of a table are called), `words` (times, countries and roles as people read them), `command_dialog` and
`change_list` (two widgets). `catalog` lists the screens, `shell` is the window around them; none imports another.
"""
