"""Records what PIL (Pillow) makes of small pictures: resampling.json and decoding.json, which lie beside it. Needs pillow and numpy.

A picture is {"width", "height", "channels", "pixels"}, its rows from the top, channels interleaved, as base64.
"""
import base64
import io
import json
import os

import numpy as np
from PIL import Image, ImageOps, __version__

HERE = os.path.dirname(os.path.abspath(__file__))
FILTERS = {"Bilinear": Image.Resampling.BILINEAR, "Bicubic": Image.Resampling.BICUBIC}


def text(data):
    return base64.b64encode(data).decode()


def picture(image):
    channels = len(image.getbands())
    return {"width": image.width, "height": image.height, "channels": channels, "pixels": text(image.tobytes())}


def noise(rng, width, height, channels):
    shape = (height, width) if channels == 1 else (height, width, channels)
    return Image.fromarray(rng.integers(0, 256, shape, dtype=np.uint8))


def smooth(width, height):
    rows, columns = np.mgrid[0:height, 0:width]
    return Image.fromarray(np.stack([rows * 5 % 256, columns * 4 % 256, (rows + columns) * 2 % 256], -1).astype(np.uint8))


def square(image, size, resample):
    """torchvision's Resize(size) and CenterCrop(size) on a PIL image."""
    shorter = min(image.size)
    image = image.resize((size * image.width // shorter, size * image.height // shorter), resample)
    left, top = int(round((image.width - size) / 2.0)), int(round((image.height - size) / 2.0))
    return image.crop((left, top, left + size, top + size))


def resampling():
    rng = np.random.default_rng(1)
    sources = {
        "grey": noise(rng, 13, 9, 1), "rgb": noise(rng, 13, 9, 3), "smooth": smooth(37, 23),
        "black and white": noise(rng, 16, 16, 1).point(lambda v: 255 * (v > 127)),
        "row": noise(rng, 29, 1, 1), "pixel": noise(rng, 1, 1, 3), "wide": noise(rng, 41, 10, 3), "tall": noise(rng, 7, 30, 1),
    }
    sizes = {
        "grey": [(5, 4), (26, 18), (13, 5), (6, 9), (32, 3), (1, 1)], "rgb": [(7, 5), (20, 31), (13, 18)], "smooth": [(32, 32), (8, 8), (11, 40)],
        "black and white": [(7, 7), (31, 33)], "row": [(4, 3), (50, 1)], "pixel": [(3, 2)],
    }
    boxes = {
        "grey": [((2, 1, 9, 8), (5, 5)), ((0.5, 0.25, 12.75, 8.5), (6, 4)), ((3.3, 2.7, 6.1, 4.9), (8, 8)), ((0, 0, 13, 4.5), (13, 9))],
        "smooth": [((4.2, 1.6, 30.7, 20.1), (16, 16)), ((1.1, 0, 37, 23), (37, 23))],
    }
    cases = []
    for name, resample in FILTERS.items():
        for source, all_sizes in sizes.items():
            for size in all_sizes:
                cases.append({"source": source, "filter": name, "box": None, "expected": picture(sources[source].resize(size, resample))})
        for source, all_boxes in boxes.items():
            for box, size in all_boxes:
                cases.append({"source": source, "filter": name, "box": box, "expected": picture(sources[source].resize(size, resample, box=box))})
    squares = [
        {"source": source, "filter": name, "size": size, "expected": picture(square(sources[source], size, resample))}
        for name, resample in FILTERS.items()
        for source, size in [
            ("wide", 8), ("wide", 10), ("wide", 17), ("tall", 5), ("tall", 7), ("tall", 12), ("smooth", 16), ("black and white", 12), ("row", 3)]
    ]
    greys = [{"source": source, "expected": picture(sources[source].convert("L"))} for source in ["rgb", "smooth"]]
    return {"pillow": __version__, "sources": {k: picture(v) for k, v in sources.items()}, "cases": cases, "squares": squares, "greys": greys}


def encoded(name, image, **options):
    stream = io.BytesIO()
    image.save(stream, **options)
    seen = ImageOps.exif_transpose(Image.open(io.BytesIO(stream.getvalue())))
    if seen.mode == "1":
        seen = seen.convert("L")
    elif seen.mode not in ("L", "RGB", "RGBA"):
        seen = seen.convert("RGB")
    return {"name": name, "file": text(stream.getvalue()), "expected": picture(seen)}


def decoding():
    rng = np.random.default_rng(2)
    colors, grey, alpha = noise(rng, 9, 7, 3), noise(rng, 9, 7, 1), noise(rng, 9, 7, 4)
    photo = smooth(21, 17)
    files = [
        encoded("png colours", colors, format="png"), encoded("png grey", grey, format="png"), encoded("png alpha", alpha, format="png"),
        encoded("png palette", colors.quantize(7), format="png"), encoded("png one bit", grey.convert("1"), format="png"),
        encoded("jpeg", photo, format="jpeg", quality=90), encoded("jpeg grey", photo.convert("L"), format="jpeg"),
        encoded("jpeg progressive", photo, format="jpeg", progressive=True), encoded("jpeg cmyk", photo.convert("CMYK"), format="jpeg"),
        encoded("webp", photo, format="webp", quality=80), encoded("webp lossless", colors, format="webp", lossless=True),
        encoded("webp alpha", alpha, format="webp", lossless=True, exact=True),
    ]
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x112] = orientation
        files.append(encoded(f"jpeg orientation {orientation}", photo, format="jpeg", exif=exif))
    return {"pillow": __version__, "files": files}


for file, content in [("resampling.json", resampling()), ("decoding.json", decoding())]:
    with open(os.path.join(HERE, file), "w", encoding="utf-8") as stream:
        json.dump(content, stream, indent=1)
        stream.write("\n")
