"""One network as SavedModel, Keras, ONNX and TorchScript, for ImportBenchmark: python make_twins.py FOLDER (tensorflow, keras, torch, onnx).

small is a classifier of volumes of 48 voxels a side, large one of images with a dense layer of 200 MB. Weights are random and the same in
all files of a network.
"""
import os, pathlib, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import keras
from keras import layers as L
import torch
import torch.nn as nn

HERE = pathlib.Path(sys.argv[1])
torch.manual_seed(0)


def block(space, i, o):
    return [getattr(nn, f"Conv{space}d")(i, o, 3, padding=1), getattr(nn, f"BatchNorm{space}d")(o), nn.ReLU(), getattr(nn, f"MaxPool{space}d")(2)]


def keras_block(space, o):
    return [getattr(L, f"Conv{space}D")(o, 3, padding="same"), L.BatchNormalization(epsilon=1e-5), L.ReLU(), getattr(L, f"MaxPooling{space}D")(2)]


def small():
    ours = nn.Sequential(*block(3, 1, 16), *block(3, 16, 32), *block(3, 32, 64), nn.AdaptiveAvgPool3d(1), nn.Flatten(), nn.Linear(64, 2))
    theirs = [*keras_block(3, 16), *keras_block(3, 32), *keras_block(3, 64), L.GlobalAveragePooling3D(), L.Dense(2)]
    return ours, theirs, (1, 48, 48, 48)


def large():
    ours = nn.Sequential(*block(2, 3, 32), *block(2, 32, 64), nn.Flatten(), nn.Linear(64 * 16 * 16, 3200), nn.ReLU(), nn.Linear(3200, 2))
    theirs = [*keras_block(2, 32), *keras_block(2, 64), L.Permute((3, 1, 2)), L.Flatten(), L.Dense(3200, activation="relu"), L.Dense(2)]
    return ours, theirs, (3, 64, 64)


for name, (ours, theirs, shape) in {"small": small(), "large": large()}.items():
    folder = HERE / name
    folder.mkdir(parents=True, exist_ok=True)
    ours.eval()
    model = keras.Sequential([L.Input(shape[1:] + shape[:1], name="image"), *theirs])
    weighty = [m for m in model.layers if m.weights]
    for layer, module in zip(weighty, [m for m in ours if list(m.parameters())]):
        w = module.weight.detach().numpy()
        b = module.bias.detach().numpy()
        if isinstance(layer, L.BatchNormalization):
            layer.set_weights([w, b, module.running_mean.numpy(), module.running_var.numpy()])
        else:
            layer.set_weights([w.transpose(*range(2, w.ndim), 1, 0) if w.ndim > 2 else w.T, b])
    x = torch.randn(1, *shape)
    a = ours(x).detach().numpy()
    b = np.asarray(model(np.moveaxis(x.numpy(), 1, -1)))
    print(name, a, np.abs(a - b).max() / np.abs(a).max())
    model.save(folder / "net.keras")
    model.save(folder / "net.h5")
    model.export(folder / "saved_model", verbose=False)
    torch.jit.trace(ours, x).save(str(folder / "net.pt"))
    torch.onnx.export(ours, (x,), str(folder / "net.onnx"), opset_version=17, dynamo=False, input_names=["image"], dynamic_axes={"image": {0: "n"}})
