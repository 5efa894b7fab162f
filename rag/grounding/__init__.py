"""Is a sentence supported by what it cites?"""
