"""Speech, scored: how far are a synthesiser's, another speaker's and a telephone's recordings from a voice?

The features are the voice embeddings (256 numbers a recording) of the package resemblyzer, which ships its weights. Any
folders of recordings will do:

    pip install resemblyzer
    python docs/audio_features.py REAL FAKE... --output features
    ganmetrics evaluate features/REAL.npy features/FAKE.npy ... --features --name resemblyzer --metrics fid,kid,recall
"""

import argparse
from pathlib import Path

import numpy as np


def embed(folder: Path, *, least: float) -> np.ndarray:
    """Return the embedding of every recording below a folder that has at least so many seconds of voice."""
    from resemblyzer import VoiceEncoder, preprocess_wav  # noqa: PLC0415 - needed only where this runs

    encoder = VoiceEncoder("cpu", verbose=False)
    rows = []
    for path in sorted(folder.rglob("*.wav")):
        wave = preprocess_wav(path)
        if len(wave) >= least * 16_000:
            rows.append(encoder.embed_utterance(wave))
    return np.stack(rows)


def main() -> None:
    """Write a .npy of features for each folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--output", type=Path, required=True, help="a folder for the features, made where missing")
    parser.add_argument("--least", type=float, default=0.8, help="seconds of voice that a recording needs")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    for folder in options.folders:
        rows = embed(folder, least=options.least)
        np.save(options.output / f"{folder.name}.npy", rows)
        print(f"{folder}: {len(rows)} recordings, {rows.shape[1]} features")


if __name__ == "__main__":
    main()
