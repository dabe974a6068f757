"""Tests of the rules for `promtool test rules`, made from the record: what each alert does, minute by minute."""
