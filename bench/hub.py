"""`python -m bench.hub`: the hub, with the bench's record in its platform."""

from __future__ import annotations

from bench.record import bench_platform
from fleetdesk.hub.owned import owned_settings
from fleetdesk.hub.serve import serve

if __name__ == "__main__":
    serve(owned_settings(), bench_platform())
