"""The provider `footing-supabase`."""

from providers._server.run import serve
from providers.supabase.vendor import VENDOR

serve(VENDOR)
