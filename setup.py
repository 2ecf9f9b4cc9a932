"""What ``pyproject.toml`` cannot say: scenarios are kept beside the package, and installed within it."""

from setuptools import find_namespace_packages, setup

SHIPPED = "sim.shipped"
FOLDERS = (SHIPPED, f"{SHIPPED}.fitted", f"{SHIPPED}.on_record", f"{SHIPPED}.real_policies")

setup(
    packages=[*find_namespace_packages(include=["sim", "sim.*"]), *FOLDERS],
    package_dir={SHIPPED: "scenarios"},
    package_data={
        "sim": ["py.typed", "data/*", "report/*.html", "report/*/*.html", "app/*.vue", "app/page/*"],
        **{folder: ["*.toml", "*.csv"] for folder in FOLDERS},
    },
)
