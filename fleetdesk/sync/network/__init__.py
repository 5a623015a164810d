"""The hub as a laptop hears it: requests, watchdogs, streams of lines, and its refusals as our errors."""
