# What depends on what. `make book` writes the plan and the stamps, then calls this.
#
#   data set + template + analysis ---> sheet ------+---> results ---> chapters that read them
#   data sets used + cells + analysis -> chapter ---+---> pages
#   data set + analysis ---> long result --> chapter
#
# A stamp is a small file with a digest of what it stands for. It is written anew only when
# that changes, so a file that was touched, or a word in a chapter, executes nothing.
# Paths count from _build/. What the plan holds: compendium/plan.py.
import json
from pathlib import Path

plan = json.loads(Path("plan.json").read_text(encoding="utf-8"))
sheets, chapters, choices = plan["sheets"], plan["chapters"], plan["choices"]
run = "{plan[python]:q} -m compendium.run"


def template(sheet):
    """Return what a sheet is made from; one of a data set that cannot be used has none."""
    return [] if "refused" in sheet else "stamps/templates/" + sheet["kind"]


localrules: book, chapters, course, results, pages


rule book:  # the first rule is what is made if nothing else is asked for
    input: "pages-made"


rule chapters:  # without the pages
    input: "results.json", expand("executed/chapters/{name}.ipynb", name=chapters)


rule course:  # what its hand-outs are made of
    input: expand("executed/chapters/{name}.ipynb", name=plan["course"])


rule sheet:
    input:
        "stamps/code",  # analysis/, requirements.lock, the interpreter
        "stamps/data/{name}",  # the file and what the data package says of it
        lambda w: template(sheets[w.name]),
    output: "executed/sheets/{name}.ipynb"
    wildcard_constraints: name="[^/]+"
    message: "sheet {wildcards.name}"
    shell: run + " sheet {wildcards.name:q}"


rule chapter:
    input:
        "stamps/code",
        "stamps/chapters/{name}",  # its code cells
        lambda w: chapters[w.name],  # the data sets it used when last executed; results
    output: "executed/chapters/{name}.ipynb"
    message: "chapter {wildcards.name}"
    shell: run + " chapter {wildcards.name:q}"


rule choices:  # what takes too long for a chapter
    input:
        "stamps/code",
        "stamps/data/{name}",
    output: "executed/choices/{kind}/{name}.json"
    wildcard_constraints: kind="[^/]+", name="[^/]+"
    message: "{wildcards.kind} of {wildcards.name}"
    shell: run + " {wildcards.kind:q} {wildcards.name:q}"


rule results:
    input:
        "stamps/sheets",  # which there are
        expand("executed/sheets/{name}.ipynb", name=sheets),
    output: "results.json", "results.csv"
    message: "results of {}".format(len(sheets)) + " sheets"
    shell: run + " results"


rule pages:
    input:
        "stamps/pages",  # texts, table of contents, settings
        "results.json",
        expand("executed/sheets/{name}.ipynb", name=sheets),
        expand("executed/chapters/{name}.ipynb", name=chapters),
        expand("executed/choices/{name}.json", name=choices),
    output: "pages-made"  # a digest of them
    message: "pages"
    shell: run + " pages"
