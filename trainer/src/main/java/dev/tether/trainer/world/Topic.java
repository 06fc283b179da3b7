package dev.tether.trainer.world;

/**
 * One thing that a sentence of a review may say.
 *
 * @param place where in a review it stands
 * @param weight how often it is chosen among the topics of its place
 * @param claims a bit for each thing said; a review says each thing once
 * @param sentence how it is said
 */
record Topic(Place place, double weight, int claims, Phrase sentence) {
    /** The order of a review's sentences; a cry stands before or after the body. */
    enum Place {
        OPENING,
        CRY,
        BODY,
        VERDICT,
        STARS
    }

    boolean isBody() {
        return place == Place.BODY;
    }
}
