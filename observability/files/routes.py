"""What an Alertmanager of a stack is told: who hears of which alert, and in which words."""

from observability.routing.alertmanager import Chat, Mail, Pager, Places, configuration, templates, written
from observability.routing.destinations import Destination
from stacks.config.stack import StackConfig
from stacks.observed import Observed

HEADER = """\
# Made by `footing observe`. Each secret is the content of a file that the configuration names.
"""


def alertmanager_yml(observed: Observed) -> str:
    """The configuration of Alertmanager."""
    return HEADER + written(configuration(places(observed.config)))


def alertmanager_tmpl(observed: Observed) -> str:
    """The messages of Alertmanager."""
    return templates(observed.config.grafana.url)


def places(config: StackConfig) -> Places:
    """Where the stack's messages go, its secrets as files."""
    contacts = config.grafana.contacts
    given = contacts.destinations
    return Places(
        pager=Pager() if Destination.PAGER in given else None,
        chat=Chat(channel=contacts.slack_channel) if Destination.CHAT in given else None,
        mail=_mail(config),
        may_page=contacts.may_page,
    )


def _mail(config: StackConfig) -> Mail:
    contacts, server = config.grafana.contacts, config.grafana.contacts.mail_server
    if server is None:
        return Mail(
            addresses=contacts.email,
            # https://docs.aws.amazon.com/general/latest/gr/ses.html
            server=f"email-smtp.{config.region}.amazonaws.com:587",
            sender=f"alerts@{config.edge.zone}",
        )
    return Mail(
        addresses=contacts.email,
        server=f"{server.host}:{server.port}",
        sender=server.sender,
        username=server.username,
    )
