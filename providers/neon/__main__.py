"""The provider `footing-neon`."""

from providers._server.run import serve
from providers.neon.vendor import VENDOR

serve(VENDOR)
