"""Images of 8 x 8 pixels whose evidence is known, after XAI-TRIS (Clark et al. 2024), and networks for them.

    KERAS_BACKEND=torch python make_tetrominoes.py        (keras, torch, numpy, scipy; in this folder)

Two tetrominoes, T and L, on noise. `additive`: one of them is added, and says the class.
`correlated`: the same on smooth noise, which a network learns to subtract (suppressors).
`multiplicative`: one of them scales the noise. `xor`: both are added with a sign each, and equal signs
are class 1. What says the class lies in the pixels of the two, `mask`; nowhere else is anything.
"""
import numpy as np
import keras
from scipy.ndimage import gaussian_filter

T = [(1, 1), (1, 2), (1, 3), (2, 2)]
L = [(4, 5), (5, 5), (6, 5), (6, 6)]
PATTERNS = np.zeros((2, 8, 8))
for k, cells in enumerate((T, L)):
    for y, x in cells:
        PATTERNS[k, y, x] = 1
ALPHA = {"additive": 0.3, "correlated": 0.3, "multiplicative": 0.8, "xor": 0.35}


def draw(problem, count, rng):
    noise = rng.normal(0, 1, (count, 8, 8))
    if problem == "correlated":
        noise = np.stack([gaussian_filter(n, 1.0, mode="wrap") for n in noise])
    noise /= np.sqrt((noise ** 2).sum((1, 2), keepdims=True))
    label = rng.integers(0, 2, count)
    signal = PATTERNS[label]
    if problem == "xor":
        signs = rng.choice([-1, 1], (count, 2))
        label = (signs[:, 0] == signs[:, 1]).astype(int)
        signal = np.einsum("nk,kyx->nyx", signs, PATTERNS)
    a = ALPHA[problem]
    if problem == "multiplicative":
        x = noise * (1 - a * signal)
    else:
        x = a * signal / np.sqrt((signal ** 2).sum((1, 2), keepdims=True)) + (1 - a) * noise
    x /= np.abs(x).max((1, 2), keepdims=True)
    return x.astype(np.float32)[..., None], label


keras.utils.set_random_seed(1)
figures = {"mask": PATTERNS.max(0).astype(np.uint8)}
for problem in ALPHA:
    rng = np.random.default_rng(7)
    x, y = draw(problem, 8000, rng)
    layers = keras.layers
    net = keras.Sequential([
        keras.Input((8, 8, 1), name="image"),
        layers.Conv2D(8, 3, padding="same", activation="relu"),
        layers.Flatten(),
        layers.Dense(32, activation="relu"),
        layers.Dense(2, activation="softmax"),
    ])
    net.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy")
    net.fit(x, y, epochs=12, batch_size=256, verbose=0)
    held, labels = draw(problem, 2000, rng)
    p = net.predict(held, verbose=0, batch_size=500)
    right = p.argmax(1) == labels
    chosen = np.flatnonzero(right)[:24]
    print(problem, "held out:", right.mean())
    net.save(problem + ".keras")
    # Again, without the optimiser's state.
    keras.saving.load_model(problem + ".keras", compile=False).save(problem + ".keras")
    figures[problem] = held[chosen, :, :, 0]
    figures[problem + "_labels"] = labels[chosen].astype(np.int32)
np.savez_compressed("images.npz", **figures)
