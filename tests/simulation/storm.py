"""The same world, in which everything breaks that can."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.simulation.calm import ANY_EXECUTOR, MOST_RUNS, CalmWorld

if TYPE_CHECKING:
    from tests.simulation.browser import Deed
    from tests.simulation.store import Trouble

ANY_MESSAGE = st.integers(0, 20)
ExecutorFault = Literal["dies", "dies unnoticed", "freezes or thaws", "is hung up on", "is cut off"]
MessageFault = Literal["overtakes", "comes again", "is lost"]
BrokerFault = Literal["is purged", "restarts", "forgets", "goes or comes back", "loses a broadcast"]
DatabaseFault = Literal["goes or comes back", "restarts", "is early", "is late"]


class StormyWorld(CalmWorld):
    """Processes die and freeze, messages come twice, late or never, answers are lost."""

    @precondition(lambda self: len(self.world.runs) < MOST_RUNS)
    @rule(does=st.sampled_from(["lose its browser", "kill its executor"]))
    def submit_one_that_breaks_what_it_touches(self, does: Deed) -> None:
        self.disturb()
        self.world.submit(does, 1, timeout=12.0)

    @rule(executor=ANY_EXECUTOR, how=st.sampled_from(get_args(ExecutorFault)))
    def an_executor(self, executor: int, how: ExecutorFault) -> None:
        self.disturb()
        process = self.executor(executor)
        match how:
            case "dies" | "dies unnoticed":
                process.kill(noticed=how == "dies")
            case "freezes or thaws":
                process.frozen = not process.frozen
            case "is hung up on":
                process.hang_up()
            case "is cut off":
                process.port.reachable = False
                process.hang_up()

    @rule(executor=ANY_EXECUTOR, how=st.sampled_from(["refused", "answer lost"]))
    def an_executors_next_append(self, executor: int, how: Trouble) -> None:
        self.disturb()
        self.executor(executor).wire.trouble = how

    @precondition(lambda self: self.world.dispatcher is not None)
    @rule(how=st.sampled_from(["refused", "answer lost", "unconfirmed"]))
    def the_dispatchers_next_word(self, how: Literal[Trouble, "unconfirmed"]) -> None:
        self.disturb()
        dispatcher = self.world.dispatcher
        if dispatcher is not None and how == "unconfirmed":
            dispatcher.publisher.answer_lost = True
        elif dispatcher is not None and how != "unconfirmed":
            dispatcher.wire.trouble = how

    @rule()
    def the_dispatcher_dies(self) -> None:
        self.disturb()
        self.world.kill_dispatcher()

    @precondition(lambda self: self.world.broker.published)
    @rule(message=ANY_MESSAGE, executor=ANY_EXECUTOR, how=st.sampled_from(get_args(MessageFault)))
    def a_message(self, message: int, executor: int, how: MessageFault) -> None:
        self.disturb()
        broker, free = self.world.broker, self.world.broker.free()
        if how == "comes again":
            broker.put(broker.published[-1 - message % len(broker.published)])
        elif broker.ready:
            one = broker.ready[message % len(broker.ready)]
            if how == "is lost":
                broker.ready.remove(one)
            elif free:
                broker.deliver(one, to=free[executor % len(free)])

    @rule(how=st.sampled_from(get_args(BrokerFault)))
    def the_broker(self, how: BrokerFault) -> None:
        self.disturb()
        broker = self.world.broker
        match how:
            case "is purged":
                broker.ready.clear()
            case "restarts" | "forgets":
                broker.restart(forgetting=how == "forgets")
            case "goes or comes back":
                broker.up = not broker.up
                broker.restart(forgetting=False)
            case "loses a broadcast":
                broker.deaf = True

    @rule(how=st.sampled_from(get_args(DatabaseFault)))
    def the_database(self, how: DatabaseFault) -> None:
        self.disturb()
        store = self.world.store
        match how:
            case "goes or comes back":
                store.up = not store.up
                store.tables.disconnect()
            case "restarts":
                store.tables.disconnect()
            case "is early":
                store.tables.jump += 3600
            case "is late":
                # By more, and what only its deadline can end would take longer than a world lasts.
                store.tables.jump -= 20

    @rule(forgotten=st.integers(0, 5))
    def the_database_crashes(self, forgotten: int) -> None:
        """What did not wait for the disk may be gone."""
        self.disturb()
        self.world.store.crash(forgotten)

    def disturb(self) -> None:
        """From here on the world is not calm, and what takes time is measured anew."""
        self.world.store.judge.calm = False
        self.steady_since = self.world.clock.now
