"""What the broker port promises, and what RabbitMQ does beside it."""
