"""An import hook that loads of a provider SDK only the classes that a program touches.

What it buys, measured in docs/performance.md: the offline plan of production takes 1.34 s and 134 MiB with it,
2.90 s and 302 MiB without. Every command that composes a stack saves as much. Without it, or with
`FOOTING_PLAIN_IMPORTS` set, all works alike: one class of `pulumi_aws` then imports the whole service that it
belongs to, and one of `pulumi_cloudflare` the whole SDK. It may go when the SDKs import classes one by one.
"""
