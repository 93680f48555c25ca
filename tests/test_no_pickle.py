"""No file's pickle is run: not by pickle, not by torch, not by NumPy."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted(
    path
    for folder in ("ganmetrics", "reference_models", "benchmarks", "docs")
    for path in (ROOT / folder).rglob("*.py")
)
RUN_CODE = {"pickle", "_pickle", "cPickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
NEEDED = {
    "dump": "writes the statistics of EDM2",
    "dumps": "tries an error of this process before it goes to another",
    "loads": "the same error, back",
    "PicklingError": "an exception, caught",
    "UnpicklingError": "an exception, caught",
}
LOADS = ["ganmetrics/ranks/joined.py"]
UNPICKLERS = {"ganmetrics/features/torchscript.py": "names nothing but its own holders of modules and tensors"}


def breaches(tree, path):
    """Yield what a file may not do."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] in RUN_CODE:
                yield f"imports from {module}"
            case ast.Import(names=names):
                yield from (
                    f"imports {each.name}"
                    for each in names
                    if each.name in RUN_CODE - {"pickle"} or (each.name == "pickle" and each.asname)
                )
            case ast.Attribute(value=ast.Name(id="pickle"), attr=word):
                own = word == "Unpickler" and path in UNPICKLERS
                if not own and (word not in NEEDED or (word == "loads" and path not in LOADS)):
                    yield f"uses pickle.{word}"
            case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr="load"), keywords=options):
                if not any(option.arg == "weights_only" and is_constant(option.value, True) for option in options):
                    yield "calls torch.load without weights_only=True"
            case ast.keyword(arg="allow_pickle", value=value) if not is_constant(value, False):
                yield "allows pickles"


def is_constant(node, value):
    """Tell whether an expression is this constant."""
    return isinstance(node, ast.Constant) and node.value is value


@pytest.mark.slow
def test_no_source_runs_a_pickle():
    """The only reader of files' pickles is `load_plain_pickle`, which needs no pickle."""
    assert len(SOURCES) > 250
    for source in SOURCES:
        path = source.relative_to(ROOT).as_posix()
        assert not list(breaches(ast.parse(source.read_text(encoding="utf-8")), path)), path


@pytest.mark.parametrize(
    "code",
    [
        "import pickle\npickle.load(file)",
        "import pickle\npickle.loads(data)",
        "import pickle\nclass Reader(pickle.Unpickler): ...",
        "from pickle import loads",
        "import pickle as quiet",
        "import dill",
        "torch.load(path)",
        "torch.load(path, weights_only=False)",
        "np.load(path, allow_pickle=True)",
    ],
)
def test_each_way_would_be_found(code):
    """The search can fail."""
    assert list(breaches(ast.parse(code), "ganmetrics/new.py"))
