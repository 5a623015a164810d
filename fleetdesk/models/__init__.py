"""The records, access rules, ids, stages and intents: one schema for the hosted database and the replica."""
