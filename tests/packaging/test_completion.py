"""Each shell completes commands, options and names, from the file that the wheel ships and from `completion`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

COMPLETIONS = Path(__file__).parents[2] / "packaging" / "completions"
pytestmark = pytest.mark.slow

# What a shell does when a key is pressed cannot be pressed here: each asks its own machinery instead.
ASK = {
    "bash": """
source @file@
COMP_WORDS=(ganmetrics @words@); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_ganmetrics_completion ganmetrics
printf '%s\\n' "${COMPREPLY[@]}"
""",
    "zsh": """
compdef() { : }
compadd() { print -l -- $completions }
_describe() { print -l -- $completions_with_descriptions }
words=(ganmetrics @words@); CURRENT=${#words}
source @file@ >/dev/null 2>&1
_ganmetrics_completion ganmetrics
""",
    "fish": """
source @file@
complete --do-complete 'ganmetrics @words@'
""",
}
FILES = {"bash": "ganmetrics.bash", "zsh": "_ganmetrics", "fish": "ganmetrics.fish"}


@pytest.fixture
def program(tmp_path, monkeypatch):
    """`ganmetrics` on the path, as an installation puts it there."""
    script = tmp_path / "bin" / "ganmetrics"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ganmetrics "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(COMPLETIONS.parents[1]))
    monkeypatch.setenv("HOME", str(tmp_path))
    return script


def asked(shell, file, words):
    """Return what a shell offers after these words."""
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}")
    text = ASK[shell].replace("@file@", str(file)).replace("@words@", words)
    done = subprocess.run([shell, "-c", text], capture_output=True, text=True, check=False, timeout=120)
    return done.stdout


@pytest.mark.parametrize("shell", ASK)
def test_commands_and_extractors_complete(shell, program, tmp_path):
    """The shipped file and the printed script offer the same."""
    printed = tmp_path / "printed"
    done = subprocess.run([program, "completion", shell], capture_output=True, text=True, check=True)
    printed.write_text(done.stdout)
    for file in (COMPLETIONS / FILES[shell], printed):
        assert "evaluate" in asked(shell, file, "eva"), file
    assert "efficientnet-lite0" in asked(shell, printed, "fid --extractor eff")


def test_the_wrong_shell_is_wrong_usage(program):
    """The error names the shells that there are."""
    done = subprocess.run([program, "completion", "tcsh"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "'bash', 'zsh', 'fish'" in done.stderr
