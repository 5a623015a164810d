"""The demo's data set: `load_dataset(owner_dsn, now=…, seed=…)`; `PERSONAS` are the people to try it as."""

from __future__ import annotations

from fleetdesk.demo.dataset.loading import load_dataset
from fleetdesk.demo.dataset.staff import PERSONAS, Persona

__all__ = ["PERSONAS", "Persona", "load_dataset"]
