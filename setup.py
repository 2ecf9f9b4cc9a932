"""What ``pyproject.toml`` cannot say: scenarios are kept beside the package, and installed within it."""

from setuptools import find_namespace_packages, setup

SHIPPED = "sim.shipped"

setup(
    packages=[*find_namespace_packages(include=["sim", "sim.*"]), SHIPPED],
    package_dir={SHIPPED: "scenarios"},
    package_data={
        "sim": ["py.typed", "data/*", "report/*.html", "report/*/*.html", "app/*.vue", "app/page/*"],
        SHIPPED: ["*.toml", "*/*.toml", "fitted/*.csv"],
    },
)
