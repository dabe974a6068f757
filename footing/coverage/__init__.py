"""Coverage of docs/requirements.md: for each row what realises it, and the proof that it does."""
