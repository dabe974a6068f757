"""Entry point of the policy pack; the engine runs this folder."""

from pathlib import Path

from policies.analyzer.serve import serve
from policies.rules import CATALOGUE

serve(CATALOGUE, Path(__file__).resolve().parent)
