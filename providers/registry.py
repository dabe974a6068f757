"""Every provider of ours, by the name of its folder."""

VENDORS = ("clerk", "neon", "rediscloud", "sentry", "supabase")
