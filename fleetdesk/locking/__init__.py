"""When FleetDesk locks itself: nobody was there, the machine sleeps, the lease is over; and what logind tells of it."""
