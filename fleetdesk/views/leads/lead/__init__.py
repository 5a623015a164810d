"""One lead beside the list, or alone: who it is, what happened, what it was before."""
