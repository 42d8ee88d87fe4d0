# Networks of TensorFlow 1 with loops in frames (Enter, Merge, Switch, NextIteration, Exit), as its
# while_loop, dynamic_rnn and cond write them; run in this folder. Weights are random (seeded).
import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
v1.disable_eager_execution()
v1.disable_control_flow_v2()
v1.disable_v2_behavior()
figures = {}


def save(name, build, shape):
    graph = tf.Graph()
    with graph.as_default(), v1.Session() as session:
        v1.set_random_seed(5)
        x = v1.placeholder(tf.float32, [None] + shape, "image")
        logits = build(x)
        p = tf.nn.softmax(logits, name="classes")
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(session, name, {"image": x}, {"classes": p})
        image = np.random.default_rng(2).uniform(0, 1, [1] + shape).astype(np.float32)
        figures[name + "_x"] = image
        figures[name + "_logits"] = session.run(logits, {x: image})
        print(name, figures[name + "_logits"], sorted({n.op for n in graph.as_graph_def().node} & {"Enter", "Exit", "NextIteration", "LoopCond", "Switch", "Merge", "TensorArrayV3", "StackV2"}))


def weights(name, shape):
    return v1.get_variable(name, shape, initializer=v1.glorot_uniform_initializer(seed=3))


def counted(x):
    """Three turns of a residual convolution."""
    k = weights("k", [3, 3, 2, 2])
    h = tf.nn.relu(tf.nn.conv2d(x, weights("first", [3, 3, 1, 2]), 1, "SAME"))
    _, h = v1.while_loop(
        lambda i, h: i < 3,
        lambda i, h: (i + 1, h + tf.nn.relu(tf.nn.conv2d(h, k, 1, "SAME"))),
        [0, h])
    return tf.matmul(tf.reduce_mean(h, [1, 2]), weights("w", [2, 3]))


def slices(x):
    """A recurrent layer over the slices of a volume: TensorArrays inside the loop."""
    rows = tf.reshape(x, [-1, 6, 8 * 10])
    turned = tf.transpose(rows, [1, 0, 2])
    array = tf.TensorArray(tf.float32, 6).unstack(turned)
    w = weights("w_in", [80, 5])
    u = weights("u", [5, 5])
    zero = tf.zeros([tf.shape(x)[0], 5])
    _, h = v1.while_loop(
        lambda i, h: i < 6,
        lambda i, h: (i + 1, tf.tanh(tf.matmul(array.read(i), w) + tf.matmul(h, u))),
        [0, zero])
    return tf.matmul(h, weights("w_out", [5, 2]))


save("tf1_counted", counted, [8, 10, 1])
save("tf1_slices", slices, [6, 8, 10, 1])
np.savez_compressed("figures.npz", **figures)
