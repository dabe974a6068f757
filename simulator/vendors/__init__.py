"""Fakes of the vendors that our own providers ask: their APIs over HTTP, held to the documents they publish."""
