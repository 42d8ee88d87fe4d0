"""Keras layers with random attributes and weights, and what Keras itself computes of random inputs.

Writes one .keras file for each family, a model with one input for each shape and one output for each
case, its archive compressed, and beside it the inputs and outputs as .npz. Made with Keras 3.15.1 on
TensorFlow, in double precision. Usage: python make_layers.py FOLDER
"""
import tempfile
import os, sys, json, zipfile, random
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
import numpy as np
import keras
from keras import layers as L, ops

out = sys.argv[1]
rnd = random.Random(11)


def pick(*values):
    return rnd.choice(values)


class Family:
    def __init__(self, name):
        self.name, self.inputs, self.outputs, self.floats = name, {}, [], {}

    def input(self, *shape):
        if shape not in self.inputs:
            self.inputs[shape] = keras.Input(shape, name="in_" + "_".join(map(str, shape)), dtype=keras.config.floatx())
        return self.inputs[shape]

    def add(self, layer, *shape):
        try:
            layer(np.zeros((1,) + shape))
        except Exception:
            return  # TensorFlow has no such kernel: no figures to compare with.
        y = layer(self.input(*shape))
        self.outputs += [t for t in (y if isinstance(y, (list, tuple)) else [y])]

    def save(self):
        model = keras.Model(list(self.inputs.values()), [L.Identity(name=f"case_{i}")(y) for i, y in enumerate(self.outputs)])
        g = np.random.default_rng(5)
        for w in model.weights:
            v = g.normal(0, 0.5, w.shape)
            if "variance" in w.path:
                v = g.uniform(0.3, 2, w.shape)
            if "count" in w.path:
                v = np.array(3)
            w.assign(v.astype("float32") if w.dtype != "int64" else v)
        for layer in model._flatten_layers():
            if hasattr(layer, "finalize_state") and getattr(layer, "input_mean", 0) is None:
                layer.finalize_state()
        xs = [g.normal(0, 1.5, (2,) + s).astype("float32") for s in self.inputs]
        ys = model([x.astype(keras.config.floatx()) for x in xs], training=False)
        path = os.path.join(out, self.name + ".keras")
        model.save(os.path.join(scratch, "case.keras"))
        with zipfile.ZipFile(os.path.join(scratch, "case.keras")) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for n in ("config.json", "metadata.json", "model.weights.h5"):
                text = old.read(n)
                if n == "config.json":
                    text = json.dumps(json.loads(text)).encode()
                new.writestr(n, text)
        model.save(os.path.join(scratch, "case.h5"))
        import shutil; shutil.copy(os.path.join(scratch, "case.h5"), os.path.join(scratch, self.name + ".h5"))
        figures = {"x_" + i.name: x for i, x in zip(self.inputs.values(), xs)}
        for i, y in enumerate(ys):
            figures[f"y_{i}"] = np.asarray(y).astype("float32")
        np.savez_compressed(os.path.join(out, self.name + ".npz"), **figures)
        print(self.name, len(self.outputs), os.path.getsize(path))
        return len(self.outputs)


scratch = tempfile.mkdtemp()
keras.config.set_floatx("float64"); keras.config.set_dtype_policy("float64")
total = 0
SHAPE = {1: (11,), 2: (9, 10), 3: (6, 7, 8)}
ACT = ["relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "softplus", "softsign", "tanh",
       "sigmoid", "log_sigmoid", "hard_sigmoid", "hard_silu", "hard_tanh", "exponential", "linear", "mish", "squareplus",
       "tanh_shrink", "soft_shrink", "hard_shrink", "softmax", "log_softmax", "glu", "sparse_sigmoid"]


def image(space, channels, first=False):
    return ((channels,) + SHAPE[space]) if first else (SHAPE[space] + (channels,))


for space in (1, 2, 3):
    if space == 3:
        # TensorFlow pools volumes in single precision only, and its convolution of volumes in double
        # precision is wrong where a stride is longer than the kernel.
        keras.config.set_floatx("float32"); keras.config.set_dtype_policy("float32")
    f = Family(f"convolution{space}d")
    for i in range(20):
        groups = pick(1, 1, 1, 2, 4)
        dilation = pick(1, 1, 2, 3) if space < 3 else pick(1, 2)
        stride = 1 if dilation > 1 else pick(1, 2, 3)
        kw = dict(filters=4 * pick(1, 2), kernel_size=[pick(1, 2, 3, 4) if dilation < 3 else pick(1, 2, 3) for _ in range(space)],
                  strides=stride if groups > 1 or i % 2 else [1 if dilation > 1 else pick(1, 2) for _ in range(space)], dilation_rate=dilation, groups=groups,
                  padding=pick("same", "valid") if space > 1 else pick("same", "valid", "causal"),
                  use_bias=pick(True, False), activation=pick(None, "relu", "tanh"))
        f.add(getattr(L, f"Conv{space}D")(**kw), *image(space, 4))
    for i in range(12):
        stride = [pick(1, 2, 3) for _ in range(space)]
        kw = dict(filters=3, kernel_size=[pick(1, 2, 3, 4) for _ in range(space)], strides=stride, padding=pick("same", "valid"), use_bias=pick(True, False))
        if i % 3 == 0:
            kw["output_padding"] = [rnd.randrange(s) for s in stride]
        f.add(getattr(L, f"Conv{space}DTranspose")(**kw), *image(space, 4))
    if space < 3:
        for i in range(10):
            dilation = pick(1, 1, 2)
            kw = dict(kernel_size=pick(1, 2, 3), strides=1 if dilation > 1 else pick(1, 2, 3), dilation_rate=dilation, depth_multiplier=pick(1, 2), padding=pick("same", "valid"))
            f.add(getattr(L, f"DepthwiseConv{space}D")(**kw), *image(space, 4))
            kw["depth_multiplier"] = pick(1, 3)
            f.add(getattr(L, f"SeparableConv{space}D")(filters=5, activation=pick(None, "relu"), **kw), *image(space, 4))
    total += f.save()

    f = Family(f"pooling{space}d")
    for kind in ("Max", "Average"):
        for i in range(6):
            f.add(getattr(L, f"{kind}Pooling{space}D")(pool_size=[pick(1, 2, 3) for _ in range(space)],
                  strides=pick(None, 1, 2, 3), padding=pick("same", "valid")), *image(space, 3))
        for keep in (True, False):
            f.add(getattr(L, f"Global{kind}Pooling{space}D")(keepdims=keep), *image(space, 3))
        f.add(getattr(L, f"Adaptive{kind}Pooling{space}D")(pick(2, 3, 4)), *image(space, 3))
    f.add(getattr(L, f"ZeroPadding{space}D")(pick(1, 2)), *image(space, 3))
    f.add(getattr(L, f"Cropping{space}D")(1), *image(space, 3))
    two = [(pick(0, 1, 2), pick(0, 1, 2)) for _ in range(space)]
    f.add(getattr(L, f"ZeroPadding{space}D")(two if space > 1 else two[0]), *image(space, 3))
    f.add(getattr(L, f"Cropping{space}D")(two if space > 1 else two[0]), *image(space, 3))
    f.add(getattr(L, f"UpSampling{space}D")(pick(2, 3)), *image(space, 3))
    if space > 1:
        f.add(getattr(L, f"UpSampling{space}D")([pick(1, 2, 3) for _ in range(space)]), *image(space, 3))
    f.add(L.Flatten(), *image(space, 3))
    total += f.save()

keras.config.set_floatx("float64"); keras.config.set_dtype_policy("float64")
f = Family("channels_first")
keras.config.set_image_data_format("channels_first")
for space in (1, 2, 3):
    shape = image(space, 4, True)
    if space == 2:
        f.add(L.SeparableConv2D(5, 3, padding="same"), *shape)
        f.add(L.Resizing(5, 6), *shape)
        f.add(L.CenterCrop(5, 6), *shape)
    if space > 1:
        f.add(getattr(L, f"UpSampling{space}D")(2), *shape)
    f.add(getattr(L, f"ZeroPadding{space}D")(1), *shape)
    f.add(getattr(L, f"Cropping{space}D")(1), *shape)
    f.add(L.Flatten(), *shape)
    f.add(L.BatchNormalization(axis=1), *shape)
    f.add(L.GroupNormalization(2, axis=1), *shape)
    f.add(L.PReLU(shared_axes=list(range(2, space + 2))), *shape)
    f.add(L.Softmax(axis=1), *shape)
    f.add(L.LayerNormalization(axis=1), *shape)

    def chain(x):
        c = lambda n: getattr(L, n.replace("#", str(space)))
        kw = {} if space == 3 else {}
        # The CPU has no channels first kernels: the figures of these are made by permuting.
        return x
keras.config.set_image_data_format("channels_last")
total += f.save()

f = Family("normalisation")
for space in (0, 1, 2, 3):
    shape = image(space, 6) if space else (6,)
    f.add(L.BatchNormalization(center=pick(True, False), scale=pick(True, False), epsilon=pick(1e-3, 1e-2)), *shape)
    f.add(L.BatchNormalization(), *shape)
    f.add(L.LayerNormalization(center=pick(True, False), scale=pick(True, False)), *shape)
    f.add(L.LayerNormalization(epsilon=1e-5), *shape)
    f.add(L.UnitNormalization(), *shape)
    f.add(L.RMSNormalization(), *shape)
    f.add(L.Rescaling(1 / 255., offset=pick(0, -1, 0.5)), *shape)
    f.add(L.Rescaling([1., 2., 3., 4., 5., 6.], offset=[6., 5., 4., 3., 2., 1.]), *shape)
    f.add(L.Normalization(), *shape)
    f.add(L.Normalization(axis=None), *shape)
    f.add(L.Normalization(mean=[1., 2., 3., 4., 5., 6.], variance=[2., 3., 4., 5., 6., 7.]), *shape)
    f.add(L.Normalization(mean=3., variance=4., invert=True), *shape)
    if space:
        f.add(L.GroupNormalization(pick(1, 2, 3)), *shape)
        f.add(L.GroupNormalization(-1, center=False), *shape)
        f.add(L.LayerNormalization(axis=list(range(1, space + 2))), *shape)
        f.add(L.BatchNormalization(axis=1), *shape)
        f.add(L.UnitNormalization(axis=[1, -1]), *shape)
total += f.save()

f = Family("activation")
for name in ACT:
    f.add(L.Activation(name), *image(2, 4))
for layer in (L.ReLU(), L.ReLU(6), L.ReLU(negative_slope=0.1), L.ReLU(max_value=2., negative_slope=0.2, threshold=0.5), L.ReLU(threshold=1.), L.LeakyReLU(), L.LeakyReLU(0.1),
              L.ELU(), L.ELU(0.3), L.PReLU(), L.PReLU(shared_axes=[1, 2]), L.Softmax(), L.Softmax(axis=1), L.Softmax(axis=[2])):
    f.add(layer, *image(2, 4))
for a in ("relu", "softmax", "gelu", "hard_sigmoid"):
    f.add(L.Dense(5, activation=a), 7)
    f.add(L.Dense(4, activation=a, use_bias=False), *image(2, 4))
f.add(L.Dense(3, activation=L.ReLU(6.)), 7)
f.add(L.EinsumDense("abc,cd->abd", output_shape=(None, 5), bias_axes="d"), *image(1, 4))
f.add(L.EinsumDense("...x,xy->...y", output_shape=5, bias_axes="y"), *image(1, 4))
f.add(L.EinsumDense("abc,cde->abde", output_shape=(None, 2, 3), activation="relu"), *image(1, 4))
for layer in (L.Reshape((5, 2, 36)), L.Reshape((-1, 4)), L.Permute((3, 1, 2)), L.Permute((2, 1, 3)), L.Flatten()):
    f.add(layer, *image(2, 4))
f.add(L.RepeatVector(3), 7)
for name in ("Dropout", "SpatialDropout2D", "GaussianNoise", "GaussianDropout", "AlphaDropout"):
    f.add(getattr(L, name)(0.5), *image(2, 4))
f.add(L.ActivityRegularization(0.1), *image(2, 4))
total += f.save()

f = Family("merging")
a, b = f.input(*image(2, 4)), f.input(9, 10, 1)
c, d = f.input(*image(1, 4)), f.input(5, 4)
conv = lambda n: L.Conv2D(n, 1)(a)
for kind in ("Add", "Multiply", "Average", "Maximum", "Minimum"):
    f.outputs.append(getattr(L, kind)()([a, conv(4)]))
    f.outputs.append(getattr(L, kind)()([a, conv(4), conv(4)]))
    f.outputs.append(getattr(L, kind)()([a, b]))
f.outputs.append(L.Subtract()([a, conv(4)]))
for axis in (1, 2, 3, -1):
    f.outputs.append(L.Concatenate(axis=axis)([a, conv(4), a]))
f.outputs.append(L.Concatenate()([a, b]))
for norm in (False, True):
    f.outputs.append(L.Dot(axes=2, normalize=norm)([c, d]))
    f.outputs.append(L.Dot(axes=(2, 2), normalize=norm)([d, c]))
e, g = f.input(7), L.Dense(7)(f.input(7))
f.outputs.append(L.Dot(axes=1)([e, g]))
f.outputs.append(L.Dot(axes=-1, normalize=True)([e, g]))
f.outputs.append(L.Multiply()([a, L.GlobalAveragePooling2D(keepdims=True)(a)]))
shared = L.Conv2D(4, 3, padding="same", name="shared")
f.outputs.append(L.Subtract()([shared(a), shared(shared(a))]))
inner = keras.Sequential([keras.Input((9, 10, 4), dtype="float64"), L.Conv2D(3, 3), L.BatchNormalization(), L.ReLU(), L.Conv2D(2, 3)], name="inner")
f.outputs.append(inner(a)); f.outputs.append(inner(shared(a)))
i2 = keras.Input((9, 10, 4), dtype="float64"); n1 = L.Conv2D(4, 1)(i2); nested = keras.Model(i2, [L.Add()([i2, n1]), n1], name="nested")
n = nested(shared(a)); f.outputs += list(n)
deep = keras.Sequential([keras.Input((9, 10, 4), dtype="float64"), inner, L.Conv2D(2, 1)], name="deep")
f.outputs.append(deep(a))
frozen = keras.Sequential([keras.Input((9, 10, 4), dtype="float64"), L.Conv2D(3, 1), L.BatchNormalization(), L.Conv2D(2, 1)], name="frozen"); frozen.layers[0].trainable = False
f.outputs.append(frozen(a))
total += f.save()

f = Family("attention")
q, k, v = f.input(7, 6), f.input(5, 6), f.input(5, 8)
for heads, dim, vd, bias in ((1, 4, None, True), (2, 3, None, False), (3, 2, 5, True)):
    f.outputs.append(L.MultiHeadAttention(heads, dim, value_dim=vd, use_bias=bias)(q, q))
    f.outputs.append(L.MultiHeadAttention(heads, dim, value_dim=vd, use_bias=bias)(q, v, k))
    f.outputs.append(L.MultiHeadAttention(heads, dim, value_dim=vd, use_bias=bias, output_shape=9)(query=q, value=k))
y, s = L.MultiHeadAttention(2, 4)(q, k, return_attention_scores=True); f.outputs += [y, s]
f.outputs.append(L.MultiHeadAttention(2, 4)(q, q, use_causal_mask=True))
im = f.input(4, 3, 6)
f.outputs.append(L.MultiHeadAttention(2, 4)(im, im)) if False else None
f.outputs.append(L.Attention()([q, k])); f.outputs.append(L.Attention(use_scale=True)([q, v, k]))
f.outputs.append(L.Attention(score_mode="concat", use_scale=True)([q, k]))
f.outputs.append(L.AdditiveAttention()([q, k])); f.outputs.append(L.AdditiveAttention(use_scale=False)([q, v, k]))
total += f.save()

f = Family("recurrent")
x = f.input(5, 4)
for kind in ("SimpleRNN", "LSTM", "GRU"):
    for seq in (True, False):
        f.outputs.append(getattr(L, kind)(3, return_sequences=seq, use_bias=pick(True, False), go_backwards=pick(True, False))(x))
    f.outputs.append(getattr(L, kind)(3, activation="relu")(x))
    f.outputs += list(getattr(L, kind)(3, return_state=True)(x))
    f.outputs.append(L.Bidirectional(getattr(L, kind)(3, return_sequences=True), merge_mode=pick("concat", "sum", "mul", "ave"))(x))
    f.outputs.append(L.Bidirectional(getattr(L, kind)(3))(x))
f.outputs.append(L.GRU(3, reset_after=False)(x)); f.outputs.append(L.GRU(3, reset_after=False, return_sequences=True, use_bias=False)(x))
f.outputs.append(L.LSTM(3, recurrent_activation="hard_sigmoid")(x))
for space in (1, 2, 3):
    z = f.input(3, *image(space, 2))
    for seq in (True, False):
        f.outputs.append(getattr(L, f"ConvLSTM{space}D")(3, pick(2, 3), padding=pick("same", "valid"), strides=pick(1, 2), return_sequences=seq)(z))
    f.outputs.append(L.TimeDistributed(getattr(L, f"Conv{space}D")(3, 3, padding="same"))(z))
f.outputs.append(L.TimeDistributed(L.Flatten())(z)); f.outputs.append(L.TimeDistributed(L.Dense(3))(x))
td = keras.Sequential([keras.Input((9, 10, 2), dtype="float64"), L.Conv2D(2, 3), L.BatchNormalization(), L.GlobalMaxPooling2D()])
f.outputs.append(L.TimeDistributed(td)(f.input(3, 9, 10, 2)))
three = lambda: L.StackedRNNCells([L.LSTMCell(3), L.GRUCell(2), L.LSTMCell(4, use_bias=False)])
f.outputs += [L.RNN(L.SimpleRNNCell(3))(x), L.RNN(L.GRUCell(3, reset_after=False), return_sequences=True, go_backwards=True)(x), L.RNN(three())(x),
              L.RNN(three(), return_sequences=True, go_backwards=True)(x), L.Bidirectional(L.RNN(three(), return_sequences=True))(x)]
f.outputs += keras.tree.flatten(L.RNN([L.LSTMCell(3), L.SimpleRNNCell(2)], return_state=True)(x))
total += f.save()

keras.config.set_floatx("float32"); keras.config.set_dtype_policy("float32")
f = Family("operators")
f.input = lambda *s, **k: f.inputs.setdefault(s, keras.Input(s, name="in_" + "_".join(map(str, s))))
x = f.input(9, 10, 4); y = L.Conv2D(4, 1)(x); w = f.input(5, 6)
A = f.outputs.append
for z in (x + y, x - y, x * y, x / (ops.abs(y) + 1.), 2. - x, 1. / (ops.square(x) + 1.), x + 1, 3 * x, -x, ops.maximum(x, 0.5), ops.minimum(x, y), ops.power(ops.abs(x), 1.5),
          ops.exp(x * .3), ops.log(ops.abs(x) + 1.), ops.sqrt(ops.abs(x) + .1), ops.rsqrt(ops.square(x) + 1.), ops.square(x), ops.sin(x), ops.cos(x), ops.tanh(x), ops.sigmoid(x), ops.relu(x),
          ops.relu6(x), ops.silu(x), ops.gelu(x), ops.gelu(x, approximate=False), ops.leaky_relu(x), ops.elu(x), ops.softplus(x), ops.softsign(x), ops.hard_sigmoid(x), ops.hard_silu(x), ops.log_sigmoid(x), ops.softmax(x), ops.log_softmax(x, axis=-1),
          ops.clip(x, -1, 1), ops.mean(x, axis=(1, 2)), ops.mean(x, axis=-1, keepdims=True), ops.sum(x, axis=[1, 2]), ops.max(x, axis=1), ops.min(x, axis=2, keepdims=True), ops.reshape(x, (-1, 90, 4)),
          ops.transpose(x, (0, 3, 1, 2)), ops.expand_dims(x, 1), ops.squeeze(ops.mean(x, axis=1, keepdims=True), 1), ops.concatenate([x, y], axis=-1), ops.stack([x, y], axis=2),
          ops.matmul(w, ops.transpose(w, (0, 2, 1))), x[:, 1:-1], x[:, ::2, 3:], x[..., 0], x[:, 2], x[..., -1:], x[:, :, None], x[:, ::-1], ops.einsum("bij,bkj->bik", w, w),
          ops.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]]), ops.image.resize(x, (5, 7)), ops.image.resize(x, (13, 20), interpolation="nearest"), ops.erf(x), ops.selu(x), x ** 2,
          ops.absolute(x), ops.negative(x), x + np.arange(4, dtype="float32"), ops.image.resize(x, (4, 4), interpolation="bicubic"), ops.image.resize(x, (4, 4), antialias=True)):
    A(z)
f.add(L.Resizing(5, 6), 9, 10, 4); f.add(L.Resizing(13, 9, interpolation="nearest"), 9, 10, 4); f.add(L.Resizing(5, 6, interpolation="bicubic"), 9, 10, 4)
f.add(L.Resizing(6, 4, crop_to_aspect_ratio=True), 9, 10, 4); f.add(L.Resizing(6, 4, pad_to_aspect_ratio=True), 9, 10, 4); f.add(L.CenterCrop(5, 7), 9, 10, 4); f.add(L.CenterCrop(12, 7), 9, 10, 4)
f.add(L.UpSampling2D(2, interpolation="bilinear"), 9, 10, 4); f.add(L.UpSampling2D((3, 2), interpolation="bicubic"), 9, 10, 4)
f.add(L.RandomFlip(), 9, 10, 4); f.add(L.RandomZoom(0.2), 9, 10, 4)
total += f.save()
f = Family("functions")
f.input = lambda *s, **k: f.inputs.setdefault(s, keras.Input(s, name="in_" + "_".join(map(str, s))))
x = f.input(8, 10, 4); y = L.Conv2D(4, 1)(x); w = f.input(5, 6); A = f.outputs.append
for z in (ops.flip(x, axis=1), ops.flip(x, axis=[1, -1]), ops.roll(x, 3, axis=2), ops.roll(x, [1, -2], axis=[1, 2]), ops.swapaxes(x, 1, 3), ops.moveaxis(x, 1, -1), ops.moveaxis(x, [1, 2], [3, 1]),
          ops.tile(x, [1, 2, 1, 3]), ops.tile(x, [2]), ops.repeat(x, 3, axis=2), ops.take(x, [3, 0, 1], axis=2), *ops.split(x, 2, axis=1), *ops.split(x, [3, 4], axis=2), *ops.unstack(w, axis=1)[:2],
          ops.std(x, axis=(1, 2)), ops.var(x, axis=-1, keepdims=True), ops.logsumexp(x, axis=1), ops.logsumexp(x, axis=[1, 2], keepdims=True), ops.norm(w, axis=1), ops.norm(w, ord=1, axis=-1), ops.norm(w, ord=np.inf, axis=2),
          ops.average(x, axis=1), ops.normalize(x), ops.normalize(x, axis=1), ops.cumsum(x, axis=1), ops.top_k(w, 3)[0], ops.prod(w, axis=1), ops.amax(x, axis=2), ops.amin(x, axis=1),
          ops.where(x > y, x, y * 2), ops.where(x <= 0.3, 0.1, x), ops.where(ops.logical_and(x > 0, y < 0.5), x, y), ops.where(ops.logical_or(x >= 0, ops.logical_not(y > 1)), x, 0.), x * ops.cast(ops.equal(ops.sign(x), 1.), "float32"),
          x * ops.cast(ops.not_equal(ops.sign(x), 1.), "float32"), ops.floor_divide(x, 0.5), ops.mod(x, 0.7), ops.arctan2(x, y), ops.tan(x * .3), ops.arcsin(ops.tanh(x) * .9), ops.arccos(ops.tanh(x) * .9), ops.arctan(x), ops.sinh(x * .5), ops.cosh(x * .5),
          ops.arcsinh(x), ops.arccosh(ops.abs(x) + 1.1), ops.arctanh(ops.tanh(x) * .9), ops.ceil(x), ops.round(x), x + ops.ones_like(x), x + ops.zeros_like(x), ops.log2(ops.abs(x) + 1.), ops.log10(ops.abs(x) + 1.),
          ops.squareplus(x), ops.elu(x, alpha=0.4), ops.average_pool(x, 2, 2), ops.max_pool(x, 3, 1, padding="same"), L.Activation("sparse_plus")(x),
          L.SpectralNormalization(L.Conv2D(3, 3))(x), L.GroupQueryAttention(3, 4, 2)(w, w), L.GroupQueryAttention(3, 4, 1, use_bias=False)(w, w, w),
          ops.norm(x, axis=(1, 2)), ops.norm(w, ord="fro", axis=(1, 2)), ops.normalize(x * 1e-8, axis=(1, 2)), ops.normalize(x * 1e-8), ops.normalize(x, axis=[3], epsilon=2.), ops.softmax(x, axis=1), ops.cumprod(w, axis=2),
          ops.take(x, 0, axis=1), ops.take(x, -1, axis=2), ops.take(x, [[3, 0], [1, 1]], axis=1), ops.take(x, np.array([[0, 1], [2, 3]]), axis=3), ops.take(x, [2], axis=2),
          ops.where(ops.relu(x) * 0.01, y, 0.), ops.where(ops.minimum(x, 0.), y, x), ops.logical_and(ops.relu(x) * 3., ops.minimum(y, 0.)) * x, ops.logical_or(ops.relu(x) * 0.1, ops.minimum(y, -0.5) + 0.5) * x, ops.logical_not(ops.relu(x)) * x):
    A(z)
total += f.save()
print(total, "cases")
