"""The calendar of leads: their next steps by month or week, moved to another day or hour by mouse or keyboard."""
