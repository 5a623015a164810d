"""Sign-in at the identity provider: OpenID Connect in the system's browser, and the session that follows from it.

`flow` leads through a sign-in; `session` gives the hub's client its tokens from then on, and signs out. Neither knows a
window: what they need of one (a browser) is handed in.
"""
