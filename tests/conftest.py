"""What holds for every test: properties are judged by their answers, not by how busy the machine is."""

from hypothesis import HealthCheck, settings

settings.register_profile("suite", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
#: For an evening, see `make soak`.
settings.register_profile("thorough", settings.get_profile("suite"), max_examples=1_000)
settings.load_profile("suite")
