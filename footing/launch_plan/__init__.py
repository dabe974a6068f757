"""The command `launch-plan`: what is done before, at and after a launch, with what gates each step."""
