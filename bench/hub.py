"""`python -m bench.hub`: the hub, with the bench's record in its platform."""

from __future__ import annotations

from bench.record import bench_platform
from fleetdesk.hub.serve import serve
from fleetdesk.settings import hub_settings

if __name__ == "__main__":
    serve(hub_settings(), bench_platform())
