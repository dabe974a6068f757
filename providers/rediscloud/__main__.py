"""The provider `footing-rediscloud`."""

from providers._server.run import serve
from providers.rediscloud.vendor import VENDOR

serve(VENDOR)
