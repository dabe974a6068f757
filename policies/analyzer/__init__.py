"""The rules as a server that the Pulumi engine asks, over the SDK's published protocol.

It takes the place of the server in `pulumi_policy`, which decodes a resource again for every policy and reports
what it could not decide as advice: https://github.com/pulumi/pulumi/blob/master/proto/pulumi/analyzer.proto
"""
