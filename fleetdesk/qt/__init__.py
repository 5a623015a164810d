"""Our Qt toolkit: tables over many records, background work, messages, actions, look. It knows no lead and no sync."""
