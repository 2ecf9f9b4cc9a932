"""What ``pyproject.toml`` cannot say: scenarios are kept beside the package, and installed within it."""

from setuptools import find_namespace_packages, setup

PLACE, SHIPPED = "scenarios", "sim.shipped"
FOLDERS = [SHIPPED, *(f"{SHIPPED}.{folder}" for folder in find_namespace_packages(PLACE))]

setup(
    packages=[*find_namespace_packages(include=["sim", "sim.*"]), *FOLDERS],
    package_dir={SHIPPED: PLACE},
    package_data={
        "sim": ["py.typed", "data/*", "report/*.html", "report/*/*.html", "app/*.vue", "app/page/*"],
        **dict.fromkeys(FOLDERS, ["*.toml", "*.csv"]),
    },
)
