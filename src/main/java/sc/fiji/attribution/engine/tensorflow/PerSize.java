/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.ModelSpec;

/**
 * A network whose code counts by the extents of the image, such as windows that are moved and cut
 * off at the border: it is another graph for each size, so it is read once more when an image of
 * another size comes. One is open at a time.
 */
final class PerSize {

    private final Function<int[], Classifier> reader;
    private final ModelSpec spec;
    private Classifier current;
    private int[] space;

    private PerSize(Classifier first, Function<int[], Classifier> reader) {
        this.reader = reader;
        this.current = first;
        ModelSpec spec = first.spec();
        this.space = space(spec.axes(), spec.shape());
        this.spec =
                new ModelSpec(
                        spec.name(),
                        spec.sha256(),
                        spec.axes(),
                        open(spec.axes(), spec.shape()),
                        spec.head(),
                        spec.labels(),
                        spec.description(),
                        spec.said(),
                        spec.map().map(PerSize::open),
                        spec.parts());
    }

    /**
     * @param first the network for some size
     * @param reader reads it for images of one shape, in the order of the network's axes
     */
    static Classifier of(Classifier first, Function<int[], Classifier> reader) {
        PerSize network = new PerSize(first, reader);
        return (Classifier) network.bound(Classifier.class, classifier -> classifier);
    }

    private static int[] open(Axes axes, int[] shape) {
        int[] open = shape.clone();
        axes.spatial().chars().forEach(axis -> open[axes.indexOf((char) axis)] = -1);
        return open;
    }

    private static Layer open(Layer map) {
        return new Layer(
                map.name(),
                map.axes(),
                open(map.axes(), map.shape()),
                map.ops(),
                map.convolution());
    }

    private static int[] space(Axes axes, int[] shape) {
        return axes.spatial().chars().map(axis -> shape[axes.indexOf((char) axis)]).toArray();
    }

    /** One of the network's ports, which reads the network anew where an image asks for it. */
    private Object bound(Class<?> port, Function<Classifier, Object> find) {
        InvocationHandler calls = (proxy, method, arguments) -> call(method, arguments, find);
        return Proxy.newProxyInstance(PerSize.class.getClassLoader(), new Class<?>[] {port}, calls);
    }

    private Object call(Method method, Object[] arguments, Function<Classifier, Object> find)
            throws Throwable {
        if (method.getDeclaringClass() == Classifier.class && method.getName().equals("spec")) {
            return spec;
        }
        Object[] given = arguments == null ? new Object[0] : arguments;
        Arrays.stream(given).map(PerSize::image).flatMap(Optional::stream).forEach(this::fit);
        Object result = invoke(method, find.apply(current), given);
        Class<?> made = method.getReturnType();
        Class<?> port = result instanceof Optional<?> one && one.isPresent() ? port(method) : null;
        return made == Optional.class && port != null
                ? Optional.of(bound(port, now -> ((Optional<?>) found(method, now)).orElseThrow()))
                : result;
    }

    private static Object invoke(Method method, Object target, Object... arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Object found(Method method, Classifier now) {
        try {
            return method.invoke(now);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a method without arguments of the classifier gives, where that is a port. */
    private static Class<?> port(Method method) {
        if (method.getDeclaringClass() != Classifier.class || method.getParameterCount() > 0) {
            return null;
        }
        String type = method.getGenericReturnType().getTypeName();
        String inner = type.substring(type.indexOf('<') + 1, type.length() - 1);
        try {
            Class<?> port = Class.forName(inner, false, Classifier.class.getClassLoader());
            return port.isInterface() ? port : null;
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Optional<Tensor> image(Object argument) {
        return argument instanceof Tensor image
                ? Optional.of(image)
                : argument instanceof Layers.Feed feed ? feed.image() : Optional.empty();
    }

    private void fit(Tensor image) {
        int[] wanted = space(image.axes(), image.shape());
        if (Arrays.equals(wanted, space)) {
            return;
        }
        int[] shape = image.shape().clone();
        shape[image.axes().indexOf('b')] = -1;
        Classifier next = reader.apply(shape);
        current.close();
        current = next;
        space = wanted;
    }
}
