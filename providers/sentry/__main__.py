"""The provider `footing-sentry`."""

from providers._server.run import serve
from providers.sentry.vendor import VENDOR

serve(VENDOR)
