"""Shared by all tests: measured data may be out of reach, but not silently."""

import os

import pytest

import analysis


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "measured(name): needs a measured data set that has to be downloaded"
    )


def pytest_runtest_setup(item):
    """Skip what needs data out of reach, aloud; where COMPENDIUM_DATA is set, fail."""
    for marker in item.iter_markers("measured"):
        (name,) = marker.args
        kind = analysis.find_dataset(name).kind
        load = analysis.load if kind in {"resistance", "diffraction"} else analysis.load_table
        try:
            load(name)
        except analysis.DatasetUnavailable as missing:
            if "COMPENDIUM_DATA" in os.environ:
                raise
            pytest.skip(str(missing))
