# Regression networks as people write them in Keras and TensorFlow 1; run in this folder.
# Weights are random (seeded). Needs TensorFlow 2.21 with Keras 3; CPU, one thread.
import keras
import tensorflow as tf

keras.utils.set_random_seed(7)


def trunk(shape):
    image = keras.Input(shape, name="image")
    x = keras.layers.Conv2D(4, 3, activation="relu", name="conv")(image)
    return image, keras.layers.GlobalAveragePooling2D(name="mean")(x)


image, x = trunk((10, 12, 1))
keras.Model(image, keras.layers.Dense(1, name="brain_age")(x)).save("one.keras")
image, x = trunk((10, 12, 1))
keras.Model(image, keras.layers.Dense(1)(x)).save("one_unnamed.h5")
image, x = trunk((10, 12, 1))
keras.Model(image, keras.layers.Dense(2)(x)).save("two.keras")
image, x = trunk((10, 12, 1))
heads = [keras.layers.Dense(1, name=name)(x) for name in ("age", "cells")]
keras.Model(image, heads).save("separate.keras")
image, x = trunk((10, 12, 1))
share = keras.layers.Dense(1, activation="sigmoid", name="share")(x)
keras.Model(image, share).save("share.keras")

v1 = tf.compat.v1
for name, width in (("tf1_count", 1), ("tf1_three", 3)):
    graph = tf.Graph()
    with graph.as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [None, 10, 12, 1], "image")
        w = v1.get_variable("w", [120, width], initializer=v1.glorot_uniform_initializer(3))
        y = tf.matmul(tf.reshape(tf.nn.softplus(x), [-1, 120]), w, name="count")
        if width == 1:
            y = tf.reshape(y, [-1])
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(session, name, {"image": x}, {"count": y})
