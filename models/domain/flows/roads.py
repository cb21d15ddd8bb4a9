"""What every flow shares: a table of roads, asked in three ways."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from models.domain.refusal import Refusal

State = TypeVar("State", bound=StrEnum)
Step = TypeVar("Step", bound=StrEnum)


class NoRoad(Refusal):
    """A step that the present state does not allow."""

    form = "{subject}现在是“{state}”，不能{step}。{possible}。"


class Roads(Generic[State, Step]):
    """One flow: its roads, and the Chinese names it speaks in."""

    def __init__(
        self,
        subject: str,
        roads: Mapping[tuple[State, Step], State],
        state_names: Mapping[State, str],
        step_names: Mapping[Step, str],
    ) -> None:
        self.subject = subject
        self.roads = roads
        self.state_names = state_names
        self.step_names = step_names

    def can(self, state: State, step: Step) -> bool:
        """Say whether `step` is possible in `state`."""
        return (state, step) in self.roads

    def steps_from(self, state: State) -> tuple[Step, ...]:
        """Give the steps possible in `state`, in the order of the table."""
        return tuple(step for (start, step) in self.roads if start == state)

    def follow(self, state: State, step: Step) -> State:
        """Give the state that `step` leads to. Raises NoRoad, which says what is possible now."""
        if (state, step) not in self.roads:
            raise self.refusal(state, step, self.steps_from(state))
        return self.roads[state, step]

    def refusal(self, state: State, step: Step, possible: tuple[Step, ...]) -> NoRoad:
        """Make the refusal of `step`, naming what is possible instead."""
        names = "、".join(self.step_names[other] for other in possible)
        return NoRoad(
            subject=self.subject,
            state=self.state_names[state],
            step=self.step_names[step],
            possible=f"现在可以办理：{names}" if names else "它已经办结，没有下一步",
        )
