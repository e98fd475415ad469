"""What lasts: the package of one audit, and the warehouse of the nightly scan.

May import `engine` and the rooms below it. Start with `package.write_package` and `package.Package`.
"""
