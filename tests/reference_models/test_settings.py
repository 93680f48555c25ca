"""Flat keys, TOML and `key=value`."""

import os
from pathlib import Path

import pytest

from reference_models.config import TrainConfig
from reference_models.errors import ConfigError
from reference_models.presets import PRESETS, build_config
from reference_models.settings import (
    difference,
    flatten,
    from_flat,
    known_keys,
    merged,
    parse_assignments,
    read_toml,
    to_toml,
)
from tests.reference_models.odd_files import ODD_FILES


@pytest.mark.parametrize("preset", PRESETS)
def test_toml_and_back(preset, tmp_path):
    """A configuration file makes the same configuration again."""
    config = merged(
        build_config(preset), {"data.source": 'a "strange"\\name', "opt_g.schedule": "cosine", "opt_g.lr_end": 0}
    )
    (tmp_path / "config.toml").write_text(to_toml(config), encoding="utf-8")
    assert from_flat(read_toml(tmp_path / "config.toml")) == config


def test_text_becomes_the_key_s_type():
    """`--set` gives text, a file gives values; both come to the same."""
    text = {
        "net.attention": "8, 16",
        "opt_d.betas": "0,0.9",
        "net.spectral_d": "true",
        "net.norm_d": "none",
        "batch": "4",
    }
    values = {
        "net.attention": [8, 16],
        "opt_d.betas": (0, 0.9),
        "net.spectral_d": True,
        "net.norm_d": "none",
        "batch": 4,
    }
    assert from_flat(text) == from_flat(values)
    assert from_flat({"opt_g.lr_end": "none"}).opt_g.lr_end is None
    assert from_flat({"net.attention": ""}).net.attention == ()


def test_every_key_is_flattened():
    """No key is lost on the way."""
    assert set(flatten(TrainConfig())) == set(known_keys())


def test_the_difference_names_the_keys():
    """Only what differs is told, old before new."""
    assert difference(TrainConfig(), merged(TrainConfig(), {"batch": 32, "net.width": 64})) == {"batch": (64, 32)}


@pytest.mark.parametrize("assignment", ["net.width", "=3"])
def test_an_assignment_needs_an_equals_sign(assignment):
    """What cannot be an assignment is refused."""
    with pytest.raises(ConfigError, match="--set needs key=value"):
        parse_assignments([assignment])


def test_bad_files_are_named(tmp_path):
    """A file that is missing or no TOML is told in one line."""
    (tmp_path / "bad.toml").write_text("[net\n")
    with pytest.raises(ConfigError, match=r"bad.toml is no TOML file"):
        read_toml(tmp_path / "bad.toml")
    with pytest.raises(ConfigError, match=r"none.toml cannot be read: No such file"):
        read_toml(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("key", "value"), [("net.spectral_d", "yes"), ("preset", 3), ("batch", True), ("opt_g.lr", "x")]
)
def test_values_of_another_kind_are_refused(key, value):
    """A value is taken as it is meant, or not at all."""
    with pytest.raises(ConfigError, match=f"{key} must be"):
        from_flat({key: value})


def test_a_device_that_never_ends_is_no_configuration():
    with pytest.raises(ConfigError, match=r"^/dev/zero is no TOML file: it has more than 16,777,216 bytes$"):
        read_toml(Path("/dev/zero"), piped=True)


@pytest.mark.parametrize(("make", "words"), ODD_FILES.values(), ids=ODD_FILES)
def test_a_run_s_configuration_is_a_regular_file(tmp_path, make, words):
    make(tmp_path / "config.toml")
    with pytest.raises(ConfigError, match=rf"config.toml cannot be read: {words}$"):
        read_toml(tmp_path / "config.toml")


def test_a_configuration_may_come_through_a_pipe():
    """As a shell's `--config <(command)` gives it."""
    reader, writer = os.pipe()
    os.write(writer, b"batch = 4")
    os.close(writer)
    try:
        assert read_toml(Path(f"/dev/fd/{reader}"), piped=True) == {"batch": 4}
    finally:
        os.close(reader)
