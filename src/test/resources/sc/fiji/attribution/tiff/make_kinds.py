"""Writes kinds.zip: small TIFF files of many kinds, as tifffile, imagecodecs and Pillow write them.

    python make_kinds.py      # needs numpy, tifffile, imagecodecs, pillow

A name says what is in it: bits, kind of number (u, i, f), samples, pages. Values follow a formula,
so that the reader of the test computes them itself. Under refused/ a name is what is said of it.
"""
import io
import os
import struct
import tempfile
import zipfile
import zlib

import imagecodecs
import numpy as np
import tifffile
from PIL import Image

WIDTH, HEIGHT = 17, 6
here = os.path.dirname(os.path.abspath(__file__))
temporary = tempfile.mkdtemp()
files = {}


def values(bits, kind, samples=1, pages=1):
    """(pages, height, width, samples)"""
    used = min(bits, 24)
    i = np.arange(WIDTH * HEIGHT, dtype=np.int64).reshape(1, HEIGHT, WIDTH, 1)
    c = np.arange(samples, dtype=np.int64).reshape(1, 1, 1, samples)
    p = np.arange(pages, dtype=np.int64).reshape(pages, 1, 1, 1)
    v = (i * i * 7919 + c * 104729 + p * 1299709 + 12345) % 2**used
    if kind == 'i':
        v = v - 2 ** (used - 1)
    return v % 2048 / 4 - 100 if kind == 'f' else v


def add(bits, kind, what, samples=1, pages=1, planar=False, **options):
    a = values(bits, kind, samples, pages).astype(f'{kind}{bits // 8}')
    name = f'{bits}{kind}_{samples}_{pages}_{what}.tif'
    path = os.path.join(temporary, 'a.tif')
    if planar:
        a = np.moveaxis(a, -1, 1)
    elif samples == 1:
        a = a[..., 0]
    a = a[0] if pages == 1 else a
    options.setdefault('photometric', 'minisblack')
    if samples > 1:
        options['planarconfig'] = 'separate' if planar else 'contig'
        more = samples - (3 if options['photometric'] == 'rgb' else 1)
        if more > 0:
            options['extrasamples'] = ['unspecified'] * more
    tifffile.imwrite(path, a, metadata=None, **options)
    files[name] = open(path, 'rb').read()


def by_hand(
        bits, what, compression=1, order='<', tags=(), photometric=1, raw=None, pages=1,
        suffix='tif'):
    """Numbers of any bits, one strip."""
    rows = values(bits, 'u')[0, ..., 0]
    data = b''
    for row in rows:
        if bits == 24:
            data += b''.join(int(v).to_bytes(3, 'little' if order == '<' else 'big') for v in row)
            continue
        text = ''.join(format(int(v), f'0{bits}b') for v in row)
        text += '0' * (-len(text) % 8)
        data += int(text, 2).to_bytes(len(text) // 8, 'big')
    data = raw(data) if raw else data
    pack = {
        1: bytes, 5: imagecodecs.lzw_encode, 8: zlib.compress, 32773: imagecodecs.packbits_encode}
    data = bytes(pack[compression](data))
    entries = [
        (256, 3, [WIDTH]), (257, 3, [HEIGHT]), (258, 3, [bits]), (259, 3, [compression]),
        (262, 3, [photometric]), (273, 4, [8]), (277, 3, [1]), (278, 3, [HEIGHT]),
        (279, 4, [len(data)]), *tags]
    entries.sort()
    data += b'\0' * (len(data) % 2)
    at = 8 + len(data)
    behind = at + 2 + 12 * len(entries) + 4
    body, more = struct.pack(order + 'H', len(entries)), b''
    for tag, kind, numbers in entries:
        value = struct.pack(f'{order}{len(numbers)}{"H" if kind == 3 else "I"}', *numbers)
        body += struct.pack(order + 'HHI', tag, kind, len(numbers) // (2 if kind == 5 else 1))
        if len(value) <= 4:
            body += value.ljust(4, b'\0')
        else:
            body += struct.pack(order + 'I', behind + len(more))
            more += value
    files[what if '/' in what else f'{bits}u_1_{pages}_{what}.{suffix}'] = (
        (b'II*\0' if order == '<' else b'MM\0*') + struct.pack(order + 'I', at) + data
        + body + b'\0' * 4 + more)


for bits, kind in [(8, 'u'), (8, 'i'), (16, 'u'), (16, 'i'), (32, 'u'), (32, 'i'), (64, 'u'),
                   (64, 'i'), (16, 'f'), (32, 'f'), (64, 'f')]:
    add(bits, kind, 'plain-big', byteorder='>')
    add(bits, kind, 'plain-strips', rowsperstrip=4)
    add(bits, kind, 'lzw-big', compression='lzw', byteorder='>')
    add(bits, kind, 'zlib-tiles', compression='zlib', tile=(16, 16))
    add(bits, kind, 'packbits', compression='packbits', rowsperstrip=4)
    add(bits, kind, 'pages', pages=3, compression='zlib')
    add(bits, kind, 'planes', samples=2, planar=True, compression='lzw')
    add(bits, kind, 'together', samples=5, compression='zlib', byteorder='>')
    add(bits, kind, 'predictor-big', compression='zlib', predictor=3 if kind == 'f' else 2,
        byteorder='>')
    add(bits, kind, 'predictor-tiles-of-three', samples=3, compression='lzw', tile=(16, 16),
        predictor=3 if kind == 'f' else 2)
for planar in (False, True):
    for bits in (8, 16):
        add(bits, 'u', f'rgb-{planar}', samples=3, planar=planar, photometric='rgb')
        add(bits, 'u', f'rgb-lzw-{planar}', samples=3, planar=planar, photometric='rgb',
            compression='lzw', predictor=2, rowsperstrip=3)
for bits in (1, 2, 4, 5, 10, 12, 14, 20, 24, 31):
    for compression in (1, 5, 8, 32773):
        by_hand(bits, f'c{compression}', compression, '<' if compression > 5 else '>')
by_hand(8, 'white-is-zero', photometric=0)
by_hand(8, 'turned', tags=[(274, 3, [6])])
by_hand(8, 'fill-order', tags=[(266, 3, [2])],
        raw=lambda d: bytes(int(f'{b:08b}'[::-1], 2) for b in d))
by_hand(4, 'palette', photometric=3, tags=[(320, 3, [i * k % 65536 for k in (4000, 9000, 70) for i in range(16)])])

for suffix, what in [
        ('stk', 'metamorph'),
        ('', 'refused/of MetaMorph whose 3 planes have one directory, and no name of theirs (stk).tif')]:
    by_hand(8, what, tags=[(33629, 5, [1, 1, 2, 1, 3, 1])], pages=3, suffix=suffix,
            raw=lambda d: values(8, 'u', 1, 3).astype('u1').tobytes())
tifffile.imwrite(
    os.path.join(temporary, 'a.tif'), values(8, 'u', 3)[0].astype('u1'), metadata=None,
    photometric='minisblack', planarconfig='contig', extrasamples=['unspecified', 'unassalpha'])
files['8u_2_1_the-last-is-transparency.tif'] = open(os.path.join(temporary, 'a.tif'), 'rb').read()

with tifffile.TiffWriter(os.path.join(temporary, 'a.tif')) as writer:
    for k in (91, 7):
        writer.write(
            values(8, 'u')[0, ..., 0].astype('u1'), photometric='palette', metadata=None,
            colormap=np.stack([np.arange(256) * j % 256 * 257 for j in (k, 3, 5)]).astype('u2'))
files['8u_1_1_another-palette-is-another-series.tif'] = open(
    os.path.join(temporary, 'a.tif'), 'rb').read()

picture = np.stack([values(8, 'u')[0, ..., 0]] * 3, -1).astype('u1')


def refuse(words, image, **options):
    out = io.BytesIO()
    image.save(out, 'TIFF', **options)
    files[f'refused/{words}.tif'] = out.getvalue()


def refuse_written(words, image, **options):
    out = io.BytesIO()
    tifffile.imwrite(out, image, metadata=None, **options)
    files[f'refused/{words}.tif'] = out.getvalue()


zeiss = struct.pack('<7i', 0x00400494c, 28, WIDTH, HEIGHT, 1, 2, 1) + bytes(472)
refuse_written(
    'of Zeiss (LSM) with several channels or times', np.moveaxis(picture, -1, 0)[:2],
    byteorder='<', photometric='minisblack', planarconfig='separate',
    extratags=[(34412, 1, len(zeiss), zeiss, True)])
tile = np.ones((16, 16), 'u1')
refuse_written(
    'with pieces that are left out (sparse)', iter([tile, None, tile, None]), shape=(32, 32),
    dtype='u1', tile=(16, 16), photometric='minisblack')
refuse('in CMYK', Image.fromarray(picture).convert('CMYK'))
refuse('in YCbCr', Image.fromarray(picture).convert('YCbCr'))
refuse('in CIE Lab', Image.fromarray(picture, 'LAB'))
refuse('compressed as JPEG', Image.fromarray(picture), compression='jpeg')
refuse('of compression 4', Image.fromarray(picture).convert('1'), compression='group4')
refuse_written('of compression 50000', picture[..., 0], compression='zstd')
refuse_written('BigTIFF', picture[..., 0], bigtiff=True)
refuse_written('1 sample of 64 bits, complex', picture[..., 0].astype('c8'))

with zipfile.ZipFile(os.path.join(here, 'kinds.zip'), 'w', zipfile.ZIP_DEFLATED) as archive:
    for name in sorted(files):
        archive.writestr(zipfile.ZipInfo(name), files[name], zipfile.ZIP_DEFLATED)
