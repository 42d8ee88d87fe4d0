"""Makes keras.keras, keras.h5 and keras.npz of this folder: python make_keras.py (keras with torch, numpy)."""
import os, pathlib
os.environ["KERAS_BACKEND"] = "torch"
import keras, numpy as np, torch
from keras import layers as L

HERE = pathlib.Path(__file__).parent
keras.utils.set_random_seed(5)
image = keras.Input((12, 10, 1), name="image")
x = L.Conv2D(4, 3, padding="same", name="first")(image)
x = L.BatchNormalization(name="norm")(x)
y = L.Activation("relu", name="act")(x)
y = L.SeparableConv2D(6, 3, strides=2, padding="same", name="separable")(y)
x = L.Add(name="sum")([L.Conv2D(6, 1, strides=2, name="short")(x), y])
model = keras.Model(image, L.Dense(3, name="scores")(L.GlobalAveragePooling2D(name="pool")(x)))
for weight in model.weights:
    weight.assign(keras.ops.convert_to_numpy(weight) + 0.1 * np.abs(np.random.default_rng(len(weight.shape)).normal(size=weight.shape)))
x = torch.from_numpy(np.random.default_rng(1).normal(size=(1, 12, 10, 1)).astype("f")).requires_grad_(True)
scores = model(x)[0]
grads = [torch.autograd.grad(scores[k], x, retain_graph=True)[0].numpy() for k in range(2)]
np.savez_compressed(HERE / "keras.npz", x0=x.detach().numpy(), logits0=scores.detach().numpy(), gradA0=grads[0], gradB0=grads[1])
model.save(HERE / "keras.keras")
model.save(HERE / "keras.h5")
