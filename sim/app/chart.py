"""A chart on the page: an ECharts option made in Python, drawn by ECharts, which the server itself hands out."""

from collections.abc import Callable
from typing import Any

import ipyvuetify
import traitlets


class ChartWidget(ipyvuetify.VuetifyTemplate):  # type: ignore[misc]
    """The widget behind ``chart``: hands the option over, and hears of clicks on actors."""

    template_file = (__file__, "chart.vue")

    name = traitlets.Unicode().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    option = traitlets.Dict().tag(sync=True)
    cdn = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    on_click = traitlets.Callable(None, allow_none=True)

    def vue_clicked(self, row: int) -> None:
        """An actor's row was clicked."""
        if self.on_click is not None:
            self.on_click(int(row))


def chart(name: str, option: dict[str, Any], label: str, on_click: Callable[[int], None] | None = None) -> Any:
    """A chart with a text alternative that states its finding. ``on_click`` gets the row of the actor clicked."""
    return ChartWidget.element(name=name, option=option, label=label, on_click=on_click)
