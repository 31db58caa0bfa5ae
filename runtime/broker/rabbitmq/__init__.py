"""RabbitMQ, 3.10 and later: pika publishes from a thread, aio-pika listens in an event loop."""
