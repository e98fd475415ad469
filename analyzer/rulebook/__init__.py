"""Law in: YAML files with line numbers, checked, dated parameters resolved by date and place.

May import `model` only. Start with `library.load_library`.
"""
