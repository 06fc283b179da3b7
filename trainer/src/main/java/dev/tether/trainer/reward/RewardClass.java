package dev.tether.trainer.reward;

import dev.tether.run.InputException;
import java.lang.reflect.InvocationTargetException;

/** Finds and makes a reward of the user's own by the name of its class. */
final class RewardClass {
    private RewardClass() {}

    static RewardModel instantiate(String name) {
        Class<?> type = find(name);
        if (!RewardModel.class.isAssignableFrom(type)) {
            throw new InputException("reward class " + name + " does not implement " + RewardModel.class.getName());
        }
        try {
            return (RewardModel) type.getConstructor().newInstance();
        } catch (InvocationTargetException e) {
            throw new InputException("reward class " + name + " failed in its constructor: " + e.getCause(), e);
        } catch (ReflectiveOperationException e) {
            throw new InputException(
                    "reward class " + name + " must be a public class with a public constructor without parameters", e);
        }
    }

    private static Class<?> find(String name) {
        try {
            return Class.forName(name, true, loader());
        } catch (ClassNotFoundException | LinkageError e) {
            throw new InputException(
                    "reward class " + name + " cannot be loaded (" + e
                            + "); is it on the class path (TETHER_CLASSPATH)?",
                    e);
        }
    }

    private static ClassLoader loader() {
        ClassLoader own = Thread.currentThread().getContextClassLoader();
        return own != null ? own : RewardClass.class.getClassLoader();
    }
}
