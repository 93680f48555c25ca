"""The sheet of docs/sanity.md: crops of photographs under each disturbance of `ganmetrics sanity`.

python docs/gallery/sanity_examples.py --output docs/images

The photographs ship with scikit-image. The sheet shows what is done to images, not what a network makes of it: so the
extractor is the cheapest that there is.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image

import ganmetrics
from ganmetrics.testing import ChannelMeans

SIDE, EACH = 64, 16
PHOTOGRAPHS = ("astronaut", "chelsea", "coffee", "immunohistochemistry", "rocket")
OTHERS = ("hubble_deep_field", "retina")


def write_crops(folder: Path, names: tuple[str, ...], *, seed: int) -> Path:
    """Write `EACH` square crops of each photograph, two to four times reduced, into a folder of its name."""
    rng = np.random.default_rng(seed)
    for name in names:
        photograph = Image.fromarray(getattr(skimage.data, name)()[..., :3])
        (folder / name).mkdir(parents=True)
        for index in range(EACH):
            side = int(SIDE * rng.uniform(2, 4))
            left = int(rng.integers(photograph.width - side + 1))
            top = int(rng.integers(photograph.height - side + 1))
            crop = photograph.crop((left, top, left + side, top + side))
            crop.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(folder / name / f"{index:02d}.png")
    return folder


def main() -> None:
    """Run the study on the crops and keep its sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("docs/images"))
    output = parser.parse_args().output
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        real = write_crops(work / "real", PHOTOGRAPHS, seed=1)
        others = write_crops(work / "others", OTHERS, seed=2)
        study = ganmetrics.sanity(real, others=others, metrics=("fid",), extractor=ChannelMeans(), workers=0)
        study.save(work / "study")
        sheet = Image.open(work / "study" / "sanity-examples.png").convert("RGB")
        sheet.save(output / "sanity-examples.jpg", quality=85, optimize=True, progressive=True)
    print(f"{output / 'sanity-examples.jpg'}: {sheet.width}x{sheet.height}")


if __name__ == "__main__":
    main()
