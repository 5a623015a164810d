"""What goes out of FleetDesk on paper or in a file, and what comes in from one."""
