"""A county's own form filled in place: tags become values, the repeated row grows, everything that points at rows follows."""
