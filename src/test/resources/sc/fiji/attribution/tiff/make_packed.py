"""Writes packed.zip: what tells that an image is whole, plain and packed in several ways.

    python make_packed.py      # needs numpy, tifffile, imagecodecs

plain/NAME.tif is laid out as ImageJ does, without compression and in one piece; packed/NAME-HOW.tif
says the same, as tifffile packs it. Palettes, calibration, labels, ranges, LUTs, overlay and
properties are ImageJ's own.
"""
import os
import struct
import tempfile
import zipfile

import numpy as np
import tifffile

here = os.path.dirname(os.path.abspath(__file__))
temporary = tempfile.mkdtemp()
random = np.random.default_rng(4)
files = {}
WIDTH, HEIGHT = 19, 12


def roi(x, y, position):
    """A rectangle of ImageJ (RoiDecoder), on a plane."""
    head = bytearray(64 + 64)
    struct.pack_into('>4sHBBhhhh', head, 0, b'Iout', 228, 1, 0, y, x, y + 5, x + 6)
    struct.pack_into('>i', head, 56, position)
    struct.pack_into('>i', head, 60, 64)
    return bytes(head)


def lut(i):
    ramp = np.arange(256, dtype=np.uint8)
    lut = np.zeros((3, 256), np.uint8)
    lut[i % 3] = ramp
    lut[(i + 1) % 3] = ramp[::-1] // 2
    return lut


def metadata(planes, channels, **more):
    """Of ImageJ, behind its tag."""
    return {
        'Info': 'made by hand\nof two lines, µ',
        'Labels': [f'plane {i + 1}' for i in range(planes)],
        'Ranges': tuple(float(v) for c in range(channels) for v in (3 + c, 100 + 20 * c)),
        'LUTs': [lut(c) for c in range(channels)],
        'Overlays': [roi(2, 3, 1), roi(8, 9, min(2, planes))],
        'Properties': {'attribution.of': 'nothing', 'key': 'värde'},
        **more}


HOWS = {
    'lzw': {'compression': 'lzw', 'predictor': True},
    'zlib': {'compression': 'zlib', 'rowsperstrip': 7},
    'packbits': {'compression': 'packbits'},
    'tiles': {'tile': (16, 16)},
    'tiles-zlib': {'compression': 'zlib', 'tile': (16, 32), 'predictor': True}}


def pair(name, image, description, byteorder='>', meta=None, hows=HOWS, **options):
    extra = []
    if meta:
        from tifffile.tifffile import imagej_metadata_tag
        extra = list(imagej_metadata_tag(meta, byteorder))

    def write(how):
        path = os.path.join(temporary, 'a.tif')
        tifffile.imwrite(
            path, image if len(image) > 1 else image[0], byteorder=byteorder, metadata=None,
            software=False, description=description, extratags=extra, **options, **how)
        return open(path, 'rb').read()

    files[f'plain/{name}.tif'] = write({})
    for how, packing in hows.items():
        if 'predictor' in packing and image.dtype.kind == 'f':
            packing = {**packing, 'predictor': 3}
        if 'predictor' in packing and options.get('photometric') == 'palette':
            packing = {**packing, 'predictor': False}
        files[f'packed/{name}-{how}.tif'] = write(packing)


def description(planes, *lines):
    """The bytes of ImageJ, with its closing end of line."""
    count = [f'images={planes}'] if planes > 1 else []
    return ('\n'.join(['ImageJ=1.54p', *count, *lines]) + '\n').encode()


def numbers(planes, kind, shape=(HEIGHT, WIDTH)):
    values = random.integers(0, 60, (planes, *shape))
    return (values / 8 - 3).astype(kind) if kind == 'f4' else values.astype(kind)


LENGTHS = {'resolution': (2.5, 4), 'resolutionunit': 1}
colours = np.stack([np.arange(256) * k % 256 for k in (91, 255, 7)]).astype('u2') * 257  # no ramp

pair('palette', numbers(1, 'u1'), description(1, 'unit=mm', '8bitcolor=true'),
     photometric='palette', colormap=colours, **LENGTHS)
pair('palette-stack', numbers(4, 'u1'),
     description(4, 'slices=4', 'unit=micron', 'spacing=1.5', '8bitcolor=true', 'loop=false'),
     photometric='palette', colormap=colours, **LENGTHS)
pair('calibrated', numbers(1, 'u1'),
     description(1, 'unit=mm', 'cf=0', 'c0=-10.0', 'c1=0.5', 'vunit=HU', 'min=10.0', 'max=90.0'),
     photometric='minisblack', **LENGTHS)
for kind, order in [('u1', '>'), ('u2', '<'), ('f4', '>'), ('i2', '<')]:
    pair(f'hyperstack-{kind}', numbers(12, kind),
         description(12, 'channels=2', 'slices=3', 'frames=2', 'hyperstack=true', 'mode=composite',
                     'unit=micron', 'spacing=0.75', 'finterval=2.5', 'tunit=sec', 'fps=7.0',
                     'xorigin=4.0', 'yorigin=5.0', 'zorigin=1.0', 'loop=false', 'min=3.0',
                     'max=100.0'),
         order, metadata(12, 2), photometric='minisblack', **LENGTHS)
pair('labelled', numbers(1, 'u2'), description(1, 'unit=nm', 'min=7.0', 'max=77.0'), '>',
     metadata(1, 1), photometric='minisblack', **LENGTHS)
pair('white', numbers(2, 'u1'), description(2, 'slices=2'), photometric='miniswhite')
pair('colour', numbers(3, 'u1', (HEIGHT, WIDTH, 3)), description(3, 'slices=3', 'unit=mm'),
     meta={k: v for k, v in metadata(3, 1).items() if k not in ('LUTs', 'Ranges')},
     photometric='rgb', **LENGTHS)
pair('grey-mode', numbers(3, 'f4'),
     description(3, 'channels=3', 'hyperstack=true', 'mode=grayscale', 'vunit=mV'), '<',
     metadata(3, 3), photometric='minisblack')
pair('others', numbers(1, 'u1'), b'a program that is not ImageJ', '<', photometric='minisblack',
     datetime='2020:01:02 03:04:05', resolution=(300, 300), resolutionunit=2)

with zipfile.ZipFile(os.path.join(here, 'packed.zip'), 'w', zipfile.ZIP_DEFLATED) as archive:
    for name in sorted(files):
        archive.writestr(zipfile.ZipInfo(name), files[name], zipfile.ZIP_DEFLATED)
