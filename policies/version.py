"""The version of Footing, written here and nowhere else: the distribution and the policy pack both read it.

It stands beside the rules because the engine runs this folder alone. CHANGELOG.md says what a version holds.
"""

VERSION = "0.1.0"
