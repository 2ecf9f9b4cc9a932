"""What records of the past show, what a simulated world would show in their place, and how well the two agree."""
