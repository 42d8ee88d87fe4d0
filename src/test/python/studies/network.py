"""A small 3-D network in PyTorch, and its way into a TensorFlow SavedModel."""

import pathlib
import shutil

import numpy

from reproducible import torch

EPSILON = 1e-3


class Network(torch.nn.Module):
    """Blocks of convolution, batch normalisation and ReLU; evidence for each class in each cell;
    its mean, or largest value, over space; two logits. Input [b, c, z, y, x], 0 to 1."""

    def __init__(self, channels, filters, pooled, evidence, largest=False):
        super().__init__()
        self.pooled = pooled
        self.largest = largest
        self.blocks = torch.nn.ModuleList()
        for width in filters:
            self.blocks.append(
                torch.nn.Sequential(
                    torch.nn.Conv3d(channels, width, 3, padding=1),
                    torch.nn.BatchNorm3d(width, eps=EPSILON),
                    torch.nn.ReLU(),
                )
            )
            channels = width
        self.evidence = torch.nn.Conv3d(channels, 2, 1) if evidence else None
        self.dense = torch.nn.Linear(2 if evidence else channels, 2)

    def cells(self, x):
        for block, pool in zip(self.blocks, self.pooled):
            x = block(x)
            if pool:
                x = torch.nn.functional.max_pool3d(x, 2)
        return torch.nn.functional.softplus(self.evidence(x)) if self.evidence else x

    def forward(self, x):
        cells = self.cells(x)
        return self.dense(cells.amax((2, 3, 4)) if self.largest else cells.mean((2, 3, 4)))


def export(network, folder, shape, labels):
    """Writes a SavedModel, bzyxc: input `volume`, the 8-bit values from 0 to 255, output
    `probabilities`. shape: z, y, x, channels."""
    import tensorflow

    tf = tensorflow.compat.v1
    folder = pathlib.Path(folder)
    shutil.rmtree(folder, ignore_errors=True)
    state = {k: v.detach().numpy().astype(numpy.float32) for k, v in network.state_dict().items()}
    graph = tf.Graph()
    with graph.as_default(), tf.Session(graph=graph) as session:

        def variable(name, value):
            return tf.get_variable(
                name, initializer=numpy.ascontiguousarray(value), use_resource=True
            )

        def convolution(name, key, x):
            kernel = state[key + ".weight"].transpose(2, 3, 4, 1, 0)
            x = tf.nn.conv3d(
                x, variable(name + "/kernel", kernel), [1] * 5, "SAME", name=name + "/Conv3D"
            )
            return tf.nn.bias_add(x, variable(name + "/bias", state[key + ".bias"]),
                                  name=name + "/BiasAdd")

        volume = tf.placeholder(tf.float32, [None, *shape], "volume")
        x = tf.multiply(volume, tf.constant(1 / 255, name="rescale/scale"), name="rescale/mul")
        for n, pool in enumerate(network.pooled):
            name = "block%d" % (n + 1)
            x = convolution(name + "/conv", "blocks.%d.0" % n, x)
            norm = name + "/norm"
            keys = [
                variable("%s/%s" % (norm, to), state["blocks.%d.1.%s" % (n, of)])
                for to, of in [
                    ("gamma", "weight"),
                    ("beta", "bias"),
                    ("moving_mean", "running_mean"),
                    ("moving_variance", "running_var"),
                ]
            ]
            step = norm + "/batchnorm/"
            root = tf.rsqrt(
                tf.add(keys[3], tf.constant(EPSILON, name=step + "add/y"), name=step + "add"),
                name=step + "Rsqrt",
            )
            factor = tf.multiply(root, keys[0], name=step + "mul")
            shift = tf.subtract(
                keys[1], tf.multiply(keys[2], factor, name=step + "mul_2"), name=step + "sub"
            )
            x = tf.add(tf.multiply(x, factor, name=step + "mul_1"), shift, name=step + "add_1")
            x = tf.nn.relu(x, name=name + "/Relu")
            if pool:
                x = tf.nn.max_pool3d(x, 2, 2, "VALID", name=name + "/MaxPool3D")
        if network.evidence:
            x = tf.nn.softplus(convolution("evidence", "evidence", x), name="evidence/Softplus")
        if network.largest:
            x = tf.reduce_max(x, [1, 2, 3], name="largest")
        else:
            x = tf.reduce_mean(x, [1, 2, 3], name="mean")
        kernel = variable("dense/kernel", state["dense.weight"].T)
        x = tf.matmul(x, kernel, name="dense/MatMul")
        x = tf.nn.bias_add(x, variable("dense/bias", state["dense.bias"]), name="dense/BiasAdd")
        probabilities = tf.nn.softmax(x, name="probabilities")
        session.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(
            session, str(folder), {"volume": volume}, {"probabilities": probabilities}
        )
    (folder / "labels.txt").write_text("\n".join(labels) + "\n")
    (folder / "attribution.yaml").write_text(
        "axes: bzyxc\nsizes: {z: %d, y: %d, x: %d, c: %d}\nrange: [0, 255]\n" % shape
    )
    for extra in folder.glob("fingerprint.pb"):
        extra.unlink()


def check(network, folder, volumes):
    """Largest difference of a probability between the SavedModel and the network."""
    import tensorflow

    model = tensorflow.saved_model.load(str(folder)).signatures["serving_default"]
    largest = 0
    with torch.no_grad():
        for volume in volumes:
            x = torch.from_numpy(volume[None].astype(numpy.float32))
            expected = torch.softmax(network.eval()(x / 255), 1).numpy()
            given = tensorflow.constant(volume.transpose(1, 2, 3, 0)[None].astype(numpy.float32))
            found = model(volume=given)["probabilities"].numpy()
            largest = max(largest, numpy.abs(expected - found).max())
    return largest
