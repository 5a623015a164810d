"""What FleetDesk promises about speed and memory, measured on real parts: `make bench`. No product code lives here."""
