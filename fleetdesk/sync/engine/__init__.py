"""The dedicated thread that keeps both sides in step: pull, push, load and live stream, each in its own loop."""
