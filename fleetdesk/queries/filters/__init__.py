"""What a list shows, as one value: fields and their kinds, conditions, the words they are typed in, their SQL.

A record's fields are declared in one `FieldTable` (`queries.lead_filter` does so for leads); chips, the typed query,
completion, saved views and links all read and write the same `Filter`.
"""
