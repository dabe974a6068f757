"""The provider `footing-clerk`."""

from providers._server.run import serve
from providers.clerk.vendor import VENDOR

serve(VENDOR)
