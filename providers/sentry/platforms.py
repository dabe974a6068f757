"""Platforms of Sentry's projects; facts without a resource."""

_FRAMEWORKS = {
    "apple": "ios macos",
    "cloudflare-pages cloudflare-workers": "",
    "dotnet": "aspnet aspnetcore awslambda gcpfunctions maui uwp winforms wpf xamarin",
    "go": "echo fasthttp fiber gin http iris martini negroni",
    "java": "log4j2 logback spring spring-boot",
    "javascript": "angular astro ember gatsby nextjs nuxt react remix solid solidstart svelte sveltekit vue",
    "native": "qt",
    "node": "awslambda azurefunctions connect express fastify gcpfunctions hapi koa nestjs",
    "php": "laravel symfony",
    "python": "aiohttp asgi awslambda bottle celery chalice django falcon fastapi flask gcpfunctions pylons "
    "pymongo pyramid quart rq sanic serverless starlette tornado tryton wsgi",
    "ruby": "rack rails",
    "other android bun capacitor cordova dart deno electron elixir flutter ionic kotlin minidump powershell "
    "react-native rust unity unreal": "",
}
PLATFORMS = tuple(
    platform
    for languages, frameworks in _FRAMEWORKS.items()
    for platform in (*languages.split(), *(f"{languages}-{framework}" for framework in frameworks.split()))
)
"""Platforms that Sentry knows; `other` is any.

https://github.com/getsentry/sentry/blob/master/src/sentry/models/project.py (GETTING_STARTED_DOCS_PLATFORMS)
"""
