"""The hosted half: a stateless HTTPS service before PostgreSQL, which alone decides what a command does."""
