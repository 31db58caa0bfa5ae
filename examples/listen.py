"""Prints every verdict as it is reached: `python -m examples.listen amqp://guest:guest@localhost/`."""

import json
import sys

import pika  # type: ignore[import-untyped]


def main(broker: str) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(broker))
    channel = connection.channel()
    queue = channel.queue_declare("", exclusive=True).method.queue
    for verdict in ("Passed", "Failed", "Errored", "TimedOut", "Cancelled"):
        channel.queue_bind(queue, "proctor.events", f"run.Run{verdict}")
    for method, _, body in channel.consume(queue):
        event = json.loads(body)
        print(event["position"], event["type"], event["subject"], flush=True)  # noqa: T201
        channel.basic_ack(method.delivery_tag)


if __name__ == "__main__":
    main(sys.argv[1])
