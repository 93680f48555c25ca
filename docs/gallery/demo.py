"""The main job on real input, offline: crops of photographs against blurred, noisy crops of the same photographs.

The photographs ship with scikit-image. Photograph, scale and place of each crop are drawn by chance, so that crops are
independent draws of one population, as an interval supposes. With as many crops of each photograph on both sides, what
sets photographs apart would not move the means, and the corrected distance would be too small.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import skimage.data
from PIL import Image, ImageDraw, ImageFilter

CROP = 96
PHOTOGRAPHS = ("astronaut", "chelsea", "coffee", "rocket", "immunohistochemistry", "hubble_deep_field")


def crops(count: int, *, seed: int) -> list[Image.Image]:
    """Return `count` square crops from random places of random photographs, about half of them at half scale."""
    rng = np.random.default_rng(seed)
    photographs = [Image.fromarray(getattr(skimage.data, name)()[..., :3]) for name in PHOTOGRAPHS]
    chosen = []
    for _ in range(count):
        photograph = photographs[int(rng.integers(len(photographs)))]
        side = CROP * int(rng.integers(1, 3))
        left = int(rng.integers(photograph.width - side + 1))
        top = int(rng.integers(photograph.height - side + 1))
        chosen.append(photograph.crop((left, top, left + side, top + side)).resize((CROP, CROP)))
    return chosen


def disturb(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Return the image blurred by a pixel and with visible noise: what an unfinished generator might make."""
    blurred: npt.NDArray[np.float64] = np.asarray(image.filter(ImageFilter.GaussianBlur(1.0)), dtype=np.float64)
    noisy = blurred + rng.normal(0, 12, blurred.shape)
    return Image.fromarray(np.clip(np.rint(noisy), 0, 255).astype(np.uint8))


def save_folder(folder: Path, images: list[Image.Image]) -> Path:
    """Write the images as numbered PNG files."""
    folder.mkdir(parents=True, exist_ok=True)
    for index, image in enumerate(images):
        image.save(folder / f"{index:04d}.png")
    return folder


def side_by_side(real: list[Image.Image], fake: list[Image.Image], title: str) -> Image.Image:
    """Return a sheet with a grid of each side and a caption."""
    columns, rows, gap, margin = 6, 4, 24, 28
    grid = columns * CROP
    sheet = Image.new("RGB", (2 * grid + 3 * gap, rows * CROP + 2 * margin + gap), "white")
    draw = ImageDraw.Draw(sheet)
    for side, (name, images) in enumerate((("real", real), ("fake", fake))):
        left = gap + side * (grid + gap)
        draw.text((left, 8), name, fill="black", font_size=16)
        for index in range(columns * rows):
            sheet.paste(images[index], (left + index % columns * CROP, margin + index // columns * CROP))
    draw.text((gap, rows * CROP + margin + 12), title, fill="black", font_size=16)
    return sheet


def run(*arguments: str | Path, show: bool = True) -> str:
    """Run the command line as a user would, showing the command and what it printed, which is returned."""
    command = ["ganmetrics", *map(str, arguments)]
    print("$", " ".join(command), flush=True)
    finished = subprocess.run([sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True, check=False)
    if finished.returncode:
        sys.exit(finished.returncode)
    if show:
        print(finished.stdout, flush=True)
    return finished.stdout


def show_provenance(printed: str) -> None:
    """Print what a score's JSON says of how it was made."""
    report = json.loads(printed)
    (score,), made = report["scores"], report["provenance"]
    extractor, versions = made["extractor"], made["versions"]
    print(f"  value         {score['value']!r}")
    print(f"  extractor     {extractor['name']}, {extractor['layer']}, weights {extractor['weights_sha256'][:16]}")
    print(f"  preprocessing {extractor['preprocessing']} (protocol {made['protocol']})")
    for side in ("real", "fake"):
        print(f"  {side}          {made[side]['count']} images, contents {made[side]['contents'][0][:16]}")
    print(f"  versions      {', '.join(f'{name} {version}' for name, version in versions.items())}\n")


def main() -> None:
    """Make the folders, score them, save the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("demo-output"))
    parser.add_argument("--count", type=int, default=240, help="images a side")
    options = parser.parse_args()

    rng = np.random.default_rng(0)
    real = crops(options.count, seed=1)
    fake = [disturb(image, rng) for image in crops(options.count, seed=2)]
    real_folder = save_folder(options.output / "real", real)
    fake_folder = save_folder(options.output / "fake", fake)
    other_folder = save_folder(options.output / "real-other", crops(options.count, seed=3))

    offline = ("--extractor", "efficientnet-lite0")
    line = run("fid", real_folder, fake_folder, *offline).strip()
    print("For scale, other crops of the same photographs, undisturbed:")
    run("fid", real_folder, other_folder, *offline, "--quiet")
    print("The first score again as JSON, both sides now from the cache. What produced it:")
    show_provenance(run("fid", real_folder, fake_folder, *offline, "--quiet", "--json", show=False))

    picture = options.output / "real-and-fake.png"
    side_by_side(real, fake, line).save(picture)
    print(f"picture of both sides: {picture}")
    page = options.output / "report.html"
    print("A page with all of it, which opens without a network:")
    run("report", real_folder, fake_folder, other_folder, *offline, "--quiet", "--out", page, show=False)
    print(page.resolve().as_uri())


if __name__ == "__main__":
    main()
