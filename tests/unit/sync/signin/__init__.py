"""The laptop's half of sign-in, without a provider: what no real one would answer."""
