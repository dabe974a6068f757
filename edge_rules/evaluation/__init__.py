"""What a set of rules does to requests, as Cloudflare documents it: a simulation, not Cloudflare."""
