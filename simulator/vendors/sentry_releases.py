"""The part of the fake of Sentry's API that has releases and their deploys."""

from simulator.vendors.fake import Answer, Request, operation
from simulator.vendors.sentry_projects import CREATED, SentryProjects

_RELEASES = "/api/0/organizations/{organization_id_or_slug}/releases/"


class SentryReleases(SentryProjects):
    """Releases by organization and version; deploys in their order."""

    @operation(f"POST {_RELEASES}")
    def create_release(self, request: Request) -> Answer:
        """Make a release, or find the one with this version."""
        organization, version = request.names["organization_id_or_slug"], request.body["version"]
        unknown = [it for it in request.body["projects"] if f"{organization}/{it}" not in self.state["projects"]]
        if unknown:
            return Answer(400, {"projects": ["Invalid project ids or slugs"]})
        releases = self.state.setdefault("releases", {})
        place = f"{organization}/{version}"
        status = 208 if place in releases else 201
        releases.setdefault(place, {"version": version, "projects": request.body["projects"], "deploys": []})
        return Answer(status, {"version": version, "dateCreated": CREATED})

    @operation(f"POST {_RELEASES}{{version}}/deploys/")
    def create_deploy(self, request: Request) -> Answer:
        """Tell that a release is deployed."""
        place = f"{request.names['organization_id_or_slug']}/{request.names['version']}"
        found = self.state.setdefault("releases", {}).get(place)
        if found is None:
            return Answer(404, {"detail": "The requested resource does not exist"})
        found["deploys"].append(request.body)
        deploy = {"id": str(len(found["deploys"])), "dateFinished": CREATED, "name": "", **request.body}
        return Answer(201, {name: it for name, it in deploy.items() if name != "projects"})
