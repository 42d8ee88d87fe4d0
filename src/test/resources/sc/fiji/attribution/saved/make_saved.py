# Networks as TensorFlow 2 saves them, with loops, branches and layers of one name; run in this folder (tensorflow 2.21, keras 3). Weights are random (seeded).
# What the graph itself counts or decides becomes the steps: "gru" as Keras 3 exports a layer over slices, "steps" by scan, a
# loop over a range and lists, "extents" by branches and resizes that ask for the image's extents. "decided" runs until the
# image is dark. The layers of "own" bear one name: which weights are whose stands in the record of objects alone.
import os
os.environ["KERAS_BACKEND"] = "tensorflow"
import numpy as np, tensorflow as tf, keras
from tensorflow.core.protobuf import saved_model_pb2

figures = {}
random = np.random.default_rng(4)


def weights(*shape):
    return tf.Variable(random.normal(size=shape).astype("f") * 0.4)


def save(name, module, shape):
    signature = tf.function(lambda image: module.call(image), input_signature=[tf.TensorSpec([None] + shape, name="image")])
    tf.saved_model.save(module, name, signatures=signature)
    trim(name)
    x = tf.constant(random.uniform(0, 1, [1] + shape).astype("f"))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        logits = module.call(x)
        chosen = [logits[0, k] for k in range(2)]
    figures.update({name + "_x": x.numpy(), name + "_logits": logits.numpy()[0]})
    figures.update({f"{name}_grad{k}": tape.gradient(chosen[k], x).numpy() for k in range(2)})


def trim(name):
    """Without what only TensorFlow for Python reads."""
    path = name + "/saved_model.pb"
    model = saved_model_pb2.SavedModel.FromString(open(path, "rb").read())
    graph = model.meta_graphs[0]
    for each in graph.object_graph_def.nodes:
        each.ClearField("user_object")
    graph.meta_info_def.ClearField("stripped_op_list")
    for function in graph.graph_def.library.function:
        for node in function.node_def:
            node.ClearField("experimental_debug_info")
    open(path, "wb").write(model.SerializeToString())
    os.remove(name + "/fingerprint.pb")
    os.rmdir(name + "/assets")


class Gru(tf.Module):
    def __init__(self):
        self.w, self.out = weights(3, 3, 1, 2), weights(3, 2)
        self.cell = keras.layers.GRU(3)
        self.cell.build((None, 5, 2))
        self.held = [v.value for v in self.cell.variables]

    def call(self, x):
        y = tf.reshape(tf.nn.relu(tf.nn.conv2d(tf.reshape(x, [-1, 8, 6, 1]), self.w, 1, "SAME")), [-1, 5, 48, 2])
        return tf.matmul(self.cell(tf.reduce_max(y, 2)), self.out)


class Steps(tf.Module):
    def __init__(self):
        self.w, self.out = weights(3, 3, 1, 2), weights(2, 2)

    @tf.function
    def call(self, x):
        y = tf.nn.relu(tf.nn.conv2d(x, self.w, 1, "SAME"))
        rows = tf.transpose(tf.scan(lambda before, row: 0.5 * before + tf.tanh(row), tf.transpose(y, [1, 0, 2, 3])), [1, 0, 2, 3])
        kept = tf.TensorArray(tf.float32, 0, dynamic_size=True, element_shape=[None, 2])
        for i in tf.range(tf.shape(rows)[1] // 2):
            kept = kept.write(i, tf.reduce_mean(rows[:, 2 * i], 1))
        return tf.matmul(tf.reduce_max(kept.stack(), 0), self.out)


class Extents(tf.Module):
    def __init__(self):
        self.w, self.out = weights(3, 3, 1, 2), weights(2, 2)

    def call(self, x):
        y = tf.nn.relu(tf.nn.conv2d(x, self.w, 1, "SAME"))
        y = tf.cond(tf.shape(y)[1] > tf.shape(y)[2], lambda: y * y, lambda: y - 1.0)
        y = tf.cond(tf.equal(tf.shape(y)[1] % 2, 1), lambda: y[:, 1:], lambda: y)
        y = tf.image.resize(y, [5, 4], "lanczos3", antialias=True) + tf.image.resize(y, [5, 4], antialias=True)
        return tf.matmul(tf.reduce_mean(tf.nn.relu(y), [1, 2]), self.out)


class Decided(tf.Module):
    def __init__(self):
        self.w, self.out = weights(3, 3, 1, 2), weights(2, 2)

    def call(self, x):
        y = tf.nn.relu(tf.nn.conv2d(x, self.w, 1, "SAME"))
        y = tf.while_loop(lambda y: tf.reduce_max(y) > 0.1, lambda y: (y * 0.7,), [y])[0]
        return tf.matmul(tf.reduce_mean(y, [1, 2]), self.out)


class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.layers_in_order = [keras.layers.Conv2D(3, 3, activation="elu", bias_initializer="uniform") for _ in range(2)]
        self.last = keras.layers.Dense(3, bias_initializer="uniform")

    def call(self, x):
        for layer in self.layers_in_order:
            x = layer(x)
        return self.last(self.last(tf.reduce_max(x, [1, 2])))[:, :2]


keras.utils.set_random_seed(2)
save("gru", Gru(), [5, 8, 6, 1])
save("steps", Steps(), [9, 6, 1])
save("extents", Extents(), [8, 6, 1])
save("decided", Decided(), [8, 6, 1])
own = Own()
own(np.zeros([1, 8, 6, 1], "f"))
save("own", own, [8, 6, 1])

# As TensorFlow 1 was used: what is kept in training is an input with a default, exp(log-softmax) the head.
v1 = tf.compat.v1
shape = [8, 6, 1]
with tf.Graph().as_default(), v1.Session() as session:
    x = v1.placeholder(tf.float32, [None] + shape, "image")
    keep = v1.placeholder_with_default(1.0, [], "keep")
    first, last = (v1.get_variable(n, s, initializer=v1.glorot_uniform_initializer(seed=3)) for n, s in (("first", [3, 3, 1, 4]), ("last", [4, 2])))
    h = v1.nn.dropout(tf.nn.relu(tf.nn.conv2d(x, first, 1, "SAME")), keep_prob=keep)
    z = tf.matmul(tf.reduce_max(h, [1, 2]), last)
    gradients = [tf.gradients(z[:, k], x)[0] for k in range(2)]
    session.run(v1.global_variables_initializer())
    v1.saved_model.simple_save(session, "defaults", {"image": x, "keep": keep}, {"p": tf.exp(tf.nn.log_softmax(z))})
    image = random.uniform(0, 1, [1] + shape).astype("f")
    logits, *found = session.run([z] + gradients, {x: image})
    figures.update({"defaults_x": image, "defaults_logits": logits[0], "defaults_grad0": found[0], "defaults_grad1": found[1]})
np.savez_compressed("figures.npz", **figures)
