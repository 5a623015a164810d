"""What is asked for of the leads: typed, as chips and in menus, all of one filter; and the counts by stage."""
