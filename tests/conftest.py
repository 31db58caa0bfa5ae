"""What every test may ask for."""

pytest_plugins = ["tests.support.postgres", "tests.support.rabbitmq", "tests.support.deployment"]
