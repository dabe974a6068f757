"""DNS records, settings and rules of a zone: one rule set for each phase."""

from collections.abc import Sequence

import pulumi
import pulumi_cloudflare as cloudflare

from components.component import Component
from components.edge import signals, values
from components.edge.args import EdgeArgs
from components.edge.owners import claim_zone
from components.edge.render import ruleset_rule
from edge_rules.phases import phases
from edge_rules.rule import Phase, Rule
from observability import Signals

AUTOMATIC_TTL = 1
"""Cloudflare's word for "automatic" in a record's TTL; a proxied record allows no other."""


class Edge(Component):
    """One Cloudflare zone in front of one origin. It owns every rule of the zone: two edges cannot share one."""

    zone_id: pulumi.Output[str]
    """Id of the zone."""
    urls: pulumi.Output[Sequence[str]]
    """Address of every single host name, `https://` first."""
    ds_record: pulumi.Output[str]
    """DS record to enter at the registrar, by hand: without it nobody checks the zone's signatures."""

    def __init__(self, name: str, args: EdgeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        claim_zone(args.zone_name, name)
        super().__init__(name, args, opts)
        self._args = args
        self.zone_id = pulumi.Output.from_input(args.zone_id)
        if lost := args.settings.downgrades:
            plan = args.settings.plan.value
            count = "1 setting" if len(lost) == 1 else f"{len(lost)} settings"
            listed = f"`footing plan {pulumi.get_stack()} --verbose` lists what happens instead"
            pulumi.log.warn(f"The Cloudflare plan {plan!r} lacks {count}: {listed}.", resource=self)
        self._make_records()
        for setting, value in values.zone_settings(args.settings).items():
            cloudflare.ZoneSetting(
                f"{name}-{setting.replace('_', '-')}",
                zone_id=self.zone_id,
                setting_id=setting,
                value=values.DEFAULTS[setting] if args.reset else value,
                # The provider updates with the changed fields alone, and Cloudflare documents no merge of them: of
                # `security_header` the rest could be switched off. Replacing sends all, and deletes nothing.
                opts=self._adoptable(setting, replace_on_changes=["value"] if isinstance(value, dict) else None),
            )
        signing = cloudflare.ZoneDnssec(
            f"{name}-dnssec",
            zone_id=self.zone_id,
            # Not by `reset`: the registrar's DS record has to go first, and nobody here sees it.
            status="active" if args.settings.dnssec else "disabled",
            # Cloudflare answers these three, and left out they differ after each refresh.
            # https://developers.cloudflare.com/api/resources/dns/subresources/dnssec/
            dnssec_multi_signer=False,
            dnssec_presigned=False,
            dnssec_use_nsec3=False,
            # Deleting it ends the signatures at once: with a DS record at the registrar the domain would vanish.
            opts=self._adoptable(retain_on_delete=True),
        )
        self.ds_record = signing.ds
        self._make_tiered_cache()
        cloudflare.BotManagement(
            f"{name}-bots",
            zone_id=self.zone_id,
            opts=self._adoptable(),
            **values.bots(args.settings, reset=args.reset),
        )
        cloudflare.LeakedCredentialCheck(
            f"{name}-leaked-passwords",
            zone_id=self.zone_id,
            enabled=args.settings.leaked_passwords and not args.reset,
            opts=self._child(),
        )
        for phase, rules in phases(args.settings).items():
            self._make_ruleset(phase, rules)
        single = [it for it in args.settings.hostnames if not it.startswith("*.")]
        self.urls = pulumi.Output.from_input([f"https://{hostname}" for hostname in single])
        self._finish()

    @property
    def signals(self) -> Signals:
        """Records of the zone."""
        return signals.signals(self._args)

    def _make_records(self) -> None:
        for hostname in (*self._args.settings.hostnames, *self._args.settings.redirect_hostnames):
            cloudflare.DnsRecord(
                # A star in a URN would be a pattern to `--target`.
                f"{self._name}-{hostname.replace('*', '_wildcard')}",
                zone_id=self.zone_id,
                name=hostname,
                type="CNAME",
                content=self._args.origin_hostname,
                proxied=True,
                ttl=AUTOMATIC_TTL,
                opts=self._child(),
            )

    def _make_tiered_cache(self) -> None:
        # Smart tiered caching needs both: the first turns tiers on, the second picks them.
        value = "off" if self._args.reset else "on"
        tiers = cloudflare.ArgoTieredCaching(
            f"{self._name}-tiers", zone_id=self.zone_id, value=value, opts=self._adoptable()
        )
        cloudflare.TieredCache(
            f"{self._name}-smart-tiers",
            zone_id=self.zone_id,
            value=value,
            # Never imported: a zone that never had it has nothing to read, and making it is the same request.
            opts=self._child(depends_on=[tiers]),
        )

    def _make_ruleset(self, phase: Phase, rules: Sequence[Rule]) -> None:
        """Make the only rule set of a phase: Cloudflare refuses a second one in the same zone."""
        adopt = self._args.adopt
        ruleset_id = adopt.rulesets.get(phase) if adopt else None
        cloudflare.Ruleset(
            f"{self._name}-{phase.value.replace('_', '-')}",
            zone_id=self.zone_id,
            kind="zone",
            name="default",
            phase=phase.value,
            rules=[ruleset_rule(rule) for rule in rules],
            opts=self._child(
                # A replacement made first would be the second rule set of its phase.
                delete_before_replace=True,
                # One that was adopted has another name, and a new name would replace it: no rules for a moment.
                ignore_changes=["name"],
                import_=f"zones/{adopt.zone_id}/{ruleset_id}" if adopt and ruleset_id else None,
            ),
        )

    def _adoptable(self, *parts: str, **options: object) -> pulumi.ResourceOptions:
        """Return options of what every zone has already; where it is adopted, with the id of zone and `parts`."""
        adopt = self._args.adopt
        found = "/".join((adopt.zone_id, *parts)) if adopt and adopt.settings else None
        return self._child(import_=found, **options)
