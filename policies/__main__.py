"""Entry point of the policy pack; the engine runs this folder."""

from policies.pack import build

build()
