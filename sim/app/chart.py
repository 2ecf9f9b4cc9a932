"""A chart on the page: an ECharts option made in Python, drawn by ECharts, which the server itself hands out."""

from typing import Any

import ipyvuetify
import traitlets


class ChartWidget(ipyvuetify.VuetifyTemplate):  # type: ignore[misc]
    """The widget behind ``chart``: hands the option over."""

    template_file = (__file__, "chart.vue")

    name = traitlets.Unicode().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    option = traitlets.Dict().tag(sync=True)
    cdn = traitlets.Unicode(None, allow_none=True).tag(sync=True)


def chart(name: str, option: dict[str, Any], label: str) -> Any:
    """A chart with a text alternative that states its finding."""
    return ChartWidget.element(name=name, option=option, label=label)
