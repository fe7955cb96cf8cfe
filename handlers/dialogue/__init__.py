"""The kernel of talk: turns, replies, forms; pure, standard library only."""
