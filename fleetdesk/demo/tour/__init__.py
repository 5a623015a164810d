"""The tour: FleetDesk's main job done by itself, through the real window, with pictures and checks in plain SQL."""
