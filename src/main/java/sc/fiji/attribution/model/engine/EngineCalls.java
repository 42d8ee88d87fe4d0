/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.engine;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Optional;
import sc.fiji.attribution.model.Engine;

/**
 * Calls what an engine made with the engine's class loader as the thread's, since the Deep Java
 * Library looks for its own parts there, whenever it needs one for the first time.
 *
 * @param target an object of a class of the engine's
 */
record EngineCalls(Object target) implements InvocationHandler {

    private static final String PORT = Engine.class.getPackageName();

    /** The same object, to be called from any thread; data of the port's own stay as they are. */
    @SuppressWarnings("unchecked")
    static <T> T bind(T made) {
        if (made instanceof Optional<?> optional) {
            return (T) optional.map(EngineCalls::bind);
        }
        if (made == null || made.getClass().getClassLoader() != EngineLoader.get()) {
            return made;
        }
        Class<?>[] ports =
                Arrays.stream(made.getClass().getInterfaces())
                        .filter(each -> each.getPackageName().equals(PORT))
                        .toArray(Class<?>[]::new);
        return ports.length == 0
                ? made
                : (T)
                        Proxy.newProxyInstance(
                                EngineCalls.class.getClassLoader(), ports, new EngineCalls(made));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(EngineLoader.get());
        try {
            return bind(method.invoke(target, arguments));
        } catch (InvocationTargetException e) {
            throw e.getCause();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
