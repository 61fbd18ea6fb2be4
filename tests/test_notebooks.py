"""Executing notebooks: parameters are refused before a kernel starts, failures are kept."""

import json
import sys

import jupytext
import pytest

import analysis
from compendium import files, notebooks

TEMPLATE = """\
```{code-cell} ipython3
:tags: [parameters]
name: str = "a"
count: int = 1
size: float = 1.0
exact: bool = False
limit: float | None = None
window: list[float] = []
reading: dict[str, str | float] = {}
```

```{code-cell} ipython3
%s
```
"""


def template(code="print(name, count, size, exact, limit, window, reading)"):
    notebook = jupytext.reads(TEMPLATE % code, fmt="md:myst")
    notebook.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": ""}
    return notebook


@pytest.fixture
def no_kernel(monkeypatch):
    def start(*_args, **_more):
        raise AssertionError("a kernel was started")

    monkeypatch.setattr(notebooks, "_run", start)


def test_parameters_and_their_types_are_read_from_the_template():
    assert notebooks.parameters_of(template())["limit"] == ("float | None", None)


@pytest.mark.parametrize(
    ("given", "checked"),
    [
        ({"size": 2}, 2.0),
        ({"limit": None}, None),
        ({"limit": 3}, 3.0),
        ({"window": (90, 300)}, [90.0, 300.0]),
        ({"reading": {"wavelength": 61.99, "sheet": "2"}}, {"wavelength": 61.99, "sheet": "2"}),
        ({"exact": True}, True),
    ],
)
def test_a_value_becomes_its_type(given, checked):
    (value,) = notebooks.checked_parameters(template(), given).values()
    assert value == checked
    assert type(value) is type(checked)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"naem": "b"}, r"no parameter 'naem'; did you mean 'name'\? there are name, count"),
        ({"name": 1}, "parameter name must be str, got 1"),
        ({"count": 1.5}, "parameter count must be int, got 1.5"),
        ({"count": True}, "parameter count must be int, got True"),
        ({"size": "2"}, "parameter size must be float, got '2'"),
        ({"exact": 1}, "parameter exact must be bool, got 1"),
        ({"limit": "x"}, r"parameter limit must be float \| None, got 'x'"),
        ({"window": 90}, r"parameter window must be list\[float\], got 90"),
        ({"window": ["a"]}, r"parameter window must be list\[float\], got \['a'\]"),
    ],
)
@pytest.mark.usefixtures("no_kernel")
def test_other_parameters_are_refused_before_a_kernel_starts(given, message, tmp_path):
    with pytest.raises(analysis.DataError, match=message):
        notebooks.execute(template(), folder=tmp_path, parameters=given)


@pytest.mark.parametrize("text", ["x = 1", "import os"])
def test_a_parameter_without_a_type_is_refused(text):
    notebook = template()
    notebook.cells[0].source = text
    with pytest.raises(analysis.DataError, match=f"not a parameter with a type: {text}"):
        notebooks.parameters_of(notebook)


def shown(execution):
    outputs = [output for cell in execution.notebook.cells for output in cell.get("outputs", ())]
    return "".join(output.get("text", "") for output in outputs)


def test_an_execution_has_outputs_and_knows_which_data_it_used(tmp_path):
    code = "import analysis; print(len(analysis.load('silver')), count, window)"
    parameters = {"count": 7, "window": [1, 2]}
    done = notebooks.execute(template(code), folder=tmp_path, parameters=parameters)
    assert (done.status, done.error, done.report, done.used) == ("ok", None, "", ("silver",))
    assert shown(done) == "13 7 [1.0, 2.0]\n"
    assert "papermill" not in str(done.notebook.metadata)
    assert list(tmp_path.iterdir()) == []


def test_a_cell_that_fails_is_kept_with_its_traceback(tmp_path):
    done = notebooks.execute(template("one = 1\none / 0"), folder=tmp_path)
    assert (done.status, done.error) == ("failed", "ZeroDivisionError: division by zero")
    assert done.report.startswith("one = 1\none / 0\n")
    assert "----> 2 one / 0" in done.report


def test_a_run_that_is_not_there_is_said_in_one_line(tmp_path):
    code = "import analysis; analysis.find_dataset('resistance', run='9')"
    done = notebooks.execute(template(code), folder=tmp_path)
    assert done.status == "failed"
    assert done.error.startswith("DataError: no run '9' of kind 'resistance'")
    assert done.used == ("*",)


def test_a_kernel_that_dies_is_a_failure(tmp_path):
    code = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    done = notebooks.execute(template(code), folder=tmp_path)
    assert done.status == "failed"
    assert done.error.startswith("DeadKernelError")


@pytest.mark.parametrize(("deaths", "status"), [(1, "ok"), (3, "failed")])
def test_a_kernel_that_dies_before_it_answers_is_started_again(
    deaths, status, tmp_path, monkeypatch
):
    spec, starts = tmp_path / "kernels" / "python3", tmp_path / "starts"
    spec.mkdir(parents=True)
    dying = (
        f"import runpy, sys; file = open({str(starts)!r}, 'a+'); file.write('x'); file.seek(0); "
        f"len(file.read()) <= {deaths} and sys.exit(1); "
        "runpy.run_module('ipykernel_launcher', run_name='__main__')"
    )
    argv = [sys.executable, "-c", dying, "-f", "{connection_file}"]
    encryption = {"supported_encryption": "curve"}
    text = {"argv": argv, "display_name": "", "language": "python", "metadata": encryption}
    (spec / "kernel.json").write_text(json.dumps(text))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    done = notebooks.execute(template("print(1)"), folder=tmp_path)
    assert done.status == status
    assert starts.read_text() == "x" * min(deaths + 1, notebooks.STARTS)
    if status == "failed":
        assert notebooks.NOT_STARTED in done.error
    else:
        assert shown(done) == "1\n"


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    file = tmp_path / "folder" / "file"
    files.write_whole(file, "first")
    with pytest.raises(UnicodeEncodeError):
        files.write_whole(file, "second \ud800")
    assert file.read_text() == "first"
