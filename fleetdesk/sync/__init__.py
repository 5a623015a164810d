"""The laptop half: replica, outbox, and what brings both sides together. It never imports `hub/`.

Four rooms: `files/` the encrypted files and their keys · `store/` what a command, a pull or a load does to them ·
`network/` what is said to a hub · `engine/` when to say it.
"""
