package dev.tether.trainer.world;

import java.util.List;

/**
 * What a review is about.
 *
 * @param name the noun, as a review writes it
 * @param number "one" or "many", for agreement
 * @param kind what may be said of it: "gear", "cloth", "toy" or "food"
 * @param aspects what reviews judge about it
 */
record Product(String name, String number, String kind, List<Aspect> aspects) {
    /** A part or quality of a product; {@code type} decides which adjectives fit. */
    record Aspect(String name, String number, String type) {}
}
