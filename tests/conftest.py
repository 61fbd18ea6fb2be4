"""Shared by all tests: measured data may be out of reach, but not silently."""

import os

import pytest

import analysis

# Kinds that `analysis.load` knows; the others are tables.
LOADED = {"resistance", "diffraction"}


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "measured(name): needs a measured data set that has to be downloaded"
    )


def pytest_runtest_setup(item):
    """Skip what needs data out of reach, aloud; where COMPENDIUM_DATA is set, fail."""
    for marker in item.iter_markers("measured"):
        (name,) = marker.args
        curves = {one.name for one in analysis.list_datasets() if one.kind in LOADED}
        load = analysis.load if name in curves else analysis.load_table
        try:
            load(name)
        except analysis.DatasetUnavailable as missing:
            if "COMPENDIUM_DATA" in os.environ:
                raise
            pytest.skip(str(missing))
