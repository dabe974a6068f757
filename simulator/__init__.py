"""A simulated cloud for try-outs and tests: the real engine, the real type tokens, no account.

One process answers the engine as the provider of every package a stack uses. Inputs are checked against
the installed SDKs; the AWS kinds of `moto_aws` are made in moto, so botocore checks each parameter; all
others are recorded. What is made lives in one file of the state directory, so a later run sees the same
cloud. That file holds secret values as a cloud would: it is readable by its owner only.

Nothing here reaches a network, and nothing here proves that a real cloud would accept the same program.
"""

from simulator.process import simulated_cloud
from simulator.summary import recorded_count, summary

__all__ = ["recorded_count", "simulated_cloud", "summary"]
