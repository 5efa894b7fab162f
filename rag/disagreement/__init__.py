"""Do the texts say different things of the same thing?"""
