"""Home: what the day begins with: what is to be done, how leads move on, six figures."""
