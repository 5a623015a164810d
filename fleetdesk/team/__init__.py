"""FleetDesk on a team's hub: sign-in, the laptop's files of whoever signed in, the window, and the way out."""
